import { pathToFileURL } from 'node:url';
import { definitionFaults, type PluginDefinition } from '@alcove/sdk';
import { entryFor, type Candidate } from '../discovery/discover.js';
import { runAs } from '../isolation/running.js';
import { within } from '../slots/deadline.js';
import { restorePrototypes, snapshotPrototypes } from '../trust/prototype-guard.js';
import { detailOf } from './detail.js';
import { StartFailure } from './states.js';

export const importPlugin = (entry: string): Promise<unknown> => import(pathToFileURL(entry).href);

const LONGEST_IMPORT = 5_000;

/** One import at a time, so that what changed meanwhile can only be the work of the one being imported. */
let turn: Promise<unknown> = Promise.resolve();

/** Imports a plugin's code and checks it against its manifest. Throws `StartFailure`. */
export async function loadDefinition(
  candidate: Candidate,
  load: (entry: string) => Promise<unknown> = importPlugin,
): Promise<PluginDefinition> {
  const entry = entryFor(candidate);
  const mine = turn.then(() => importGuarded(candidate.id, () => load(entry)));
  turn = mine.catch(() => undefined);
  const exported = (await mine) as { default?: unknown };
  const faults = candidate.manifest ? definitionFaults(candidate.manifest, exported.default) : candidate.faults;
  if (faults.length > 0) throw new StartFailure('quarantined', 'definition', faults.join('; '));
  return exported.default as PluginDefinition;
}

async function importGuarded(pluginId: string, load: () => Promise<unknown>): Promise<unknown> {
  const before = snapshotPrototypes();
  let exported: unknown;
  try {
    exported = await within(LONGEST_IMPORT, () => runAs(pluginId, load));
  } catch (error) {
    restorePrototypes(before);
    throw new StartFailure('quarantined', 'import', detailOf(error), { cause: error });
  }
  const changes = restorePrototypes(before);
  if (changes.length > 0)
    throw new StartFailure('quarantined', 'polluted', `changed ${changes.join(', ')} when imported`);
  return exported;
}
