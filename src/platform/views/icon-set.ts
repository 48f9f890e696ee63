import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { packageFile } from '../assets/package-file.js';

/** Shapes of one icon as @tabler/icons lists them: `[["path", { "d": "..." }]]`. */
type IconNodes = Record<string, [tag: string, attributes: Record<string, string>][]>;

/**
 * The outline icons of Tabler by name. Kept as one text outside the JavaScript heap (a line per icon) because a page uses a
 * dozen of five thousand, while a plugin may use any.
 */
export class IconSet {
  private readonly found = new Map<string, string>();

  /** @param lines `\n`-framed lines `name\tshapes`. */
  constructor(private readonly lines: Buffer) {}

  /** From the build's file next to the compiled templates, else from the package. */
  static load(root: string): IconSet {
    const built = path.join(root, 'views/icons.txt');
    return new IconSet(existsSync(built) ? readFileSync(built) : Buffer.from(IconSet.linesFromPackage()));
  }

  /** The text that the build writes. */
  static linesFromPackage(): string {
    const file = packageFile('@tabler/icons', 'tabler-nodes-outline.json');
    const nodes = JSON.parse(readFileSync(file, 'utf8')) as IconNodes;
    const lines = Object.entries(nodes).map(([name, shapes]) => {
      const drawn = shapes.map(([tag, attributes]) => {
        const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`);
        return `<${tag}${written.join('')}/>`;
      });
      return `${name}\t${drawn.join('')}`;
    });
    return `\n${lines.join('\n')}\n`;
  }

  /** Inner SVG of an icon. Throws when there is none of that name. */
  shapes(name: string): string {
    const known = this.found.get(name);
    if (known !== undefined) return known;
    const start = /^[a-z0-9-]+$/.test(name) ? this.lines.indexOf(`\n${name}\t`) : -1;
    if (start < 0) throw new Error(`there is no outline icon "${name}" in Tabler`);
    const end = this.lines.indexOf('\n', start + 1);
    const shapes = this.lines.toString('utf8', start + name.length + 2, end);
    this.found.set(name, shapes);
    return shapes;
  }
}
