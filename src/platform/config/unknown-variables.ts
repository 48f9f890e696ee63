import { CONFIG_CLASSES } from './config.js';
import { variablesOf } from './variable.js';

/** Variables with our prefix that other parts read: settings of plugins, sizes of tests, the launcher's word to its child. */
const OTHERS = /^ALCOVE_(PLUGIN_|TEST_)|^ALCOVE_LAUNCHER_PID$/;

/** One line for each `ALCOVE_*` variable that nothing reads, most likely a typing error. */
export function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = Object.values(CONFIG_CLASSES).flatMap((part) =>
    [...variablesOf(part).values()].map(({ name }) => name),
  );
  const names = new Set(known.flatMap((name) => [name, `${name}_FILE`]));
  return Object.keys(env)
    .filter((name) => name.startsWith('ALCOVE_') && !OTHERS.test(name) && !names.has(name))
    .sort()
    .map((name) => `${name}: is not a setting of Alcove and is ignored${suggestion(name, names)}.`);
}

function suggestion(name: string, names: ReadonlySet<string>): string {
  const [nearest] = [...names]
    .map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  return nearest && nearest.distance <= 3 ? `; did you mean ${nearest.candidate}` : '';
}

/** Levenshtein distance: the number of single-letter edits between two names. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replace = row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replace, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[to.length];
}
