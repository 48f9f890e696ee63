import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export type TemplateKind = 'page' | 'partial' | 'layout';

export interface TemplateFile {
  /** `scheduling/today`, `scheduling/row` (from `_row.hbs`), `field`, `layouts/staff`. */
  readonly id: string;
  readonly kind: TemplateKind;
  readonly file: string;
  readonly source: string;
}

/** All templates of the core below `root` (the `src` folder). A page and a partial may share an id: `today.hbs` and `_today.hbs`. */
export function coreTemplateFiles(root: string): TemplateFile[] {
  const features = path.join(root, 'features');
  const found = folders(features).flatMap((feature) => pagesIn(path.join(features, feature, 'pages'), feature));
  const views = path.join(root, 'platform/views');
  found.push(...pagesIn(path.join(views, 'pages'), 'platform'));
  found.push(...templatesIn(path.join(views, 'partials'), (name) => ({ id: name, kind: 'partial' })));
  found.push(...templatesIn(path.join(views, 'layouts'), (name) => ({ id: `layouts/${name}`, kind: 'layout' })));
  return unique(found);
}

/** Templates of a plugin: `<dir>/x.hbs` is `<id>/x`, `<dir>/partials/x.hbs` is the partial `<id>/x`. */
export function pluginTemplateFiles(dir: string, id: string): TemplateFile[] {
  const partials = templatesIn(path.join(dir, 'partials'), (name) => ({ id: `${id}/${name}`, kind: 'partial' }));
  const pages = pagesIn(dir, id).filter(({ file }) => !file.startsWith(path.join(dir, 'partials') + path.sep));
  return unique([...pages, ...partials]);
}

/** Pages and, by their leading underscore, partials of one folder and those below it. */
const pagesIn = (dir: string, prefix: string): TemplateFile[] =>
  templatesIn(dir, (name) => {
    const folder = path.posix.dirname(name);
    const base = path.posix.basename(name);
    const partial = base.startsWith('_');
    const local = path.posix.join(folder, partial ? base.slice(1) : base);
    return { id: `${prefix}/${local}`, kind: partial ? 'partial' : 'page' };
  });

function templatesIn(dir: string, name: (local: string) => Pick<TemplateFile, 'id' | 'kind'>): TemplateFile[] {
  if (!existsSync(dir)) return [];
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.hbs'))
    .sort()
    .map((local) => {
      const file = path.join(dir, local);
      const plain = local.split(path.sep).join('/').slice(0, -'.hbs'.length);
      return { ...name(plain), file, source: readFileSync(file, 'utf8') };
    });
}

function unique(files: TemplateFile[]): TemplateFile[] {
  const byId = new Map<string, TemplateFile>();
  for (const file of files) {
    const key = `${file.kind} ${file.id}`;
    const other = byId.get(key);
    if (other) throw new Error(`template ${file.id} is defined twice: ${other.file} and ${file.file}`);
    byId.set(key, file);
  }
  return files;
}

const folders = (dir: string): string[] => (existsSync(dir) ? readdirSync(dir).sort() : []);
