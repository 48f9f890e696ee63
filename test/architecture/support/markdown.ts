import path from 'node:path';

/** Names of commands, each with the commands below it. */
export interface CommandTree {
  readonly [name: string]: CommandTree;
}

/** Text without fenced blocks and inline code, where brackets and parentheses are no links. */
const withoutCode = (source: string): string =>
  source.replace(/^( *)```[\s\S]*?^ *```/gm, '').replace(/`[^`\n]*`/g, '');

/** Targets of links and pictures, as written. */
export const linksOf = (source: string): string[] =>
  [...withoutCode(source).matchAll(/\]\(([^()\s]+)\)/g)].map(([, target]) => target);

/** What `#...` may name in a page: its headings as hosts of repositories spell them. */
export function anchorsOf(source: string): Set<string> {
  const headings = [...source.matchAll(/^#{1,6} (.+)$/gm)].map(([, text]) => text);
  return new Set(
    headings.map((text) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

/** All pages that links lead to from `start`; `read` gives the text of a page, empty where there is none. */
export function walk(start: string, read: (file: string) => string): Set<string> {
  const reached = new Set<string>();
  const waiting = [start];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const link of linksOf(read(file))) {
      const [local = ''] = link.split('#');
      if (local !== '' && !/^\w+:/.test(local)) waiting.push(path.posix.join(path.posix.dirname(file), local));
    }
  }
  return reached;
}

/** npm scripts a page names: `npm run x`, `npm test`, `npm start`. */
export const scriptsNamed = (source: string): string[] =>
  [...source.matchAll(/\bnpm (?:run(?: -s)? )?([a-z][a-z:-]*)/g)]
    .filter(([all, name]) => / run /.test(all) || name === 'test' || name === 'start')
    .map(([, name]) => name);

/** Commands of `alcove` in code of a page: after a backtick, at the start of a line, after a path, or in a heading. */
export function commandsNamed(source: string, tree: CommandTree): { known: string[]; unknown: string[] } {
  const known: string[] = [];
  const unknown: string[] = [];
  for (const [, words] of source.matchAll(/(?:`|^ *|\/\.bin\/|^## )alcove((?: [a-z][a-z-]*)+)/gm)) {
    let below = tree;
    const used: string[] = [];
    let wrong = false;
    for (const word of words.trim().split(' ')) {
      if (Object.keys(below).length === 0) break;
      used.push(word);
      if (!(word in below)) {
        wrong = true;
        break;
      }
      below = below[word];
    }
    (wrong ? unknown : known).push(['alcove', ...used].join(' '));
  }
  return { known, unknown };
}
