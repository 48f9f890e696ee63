import { existsSync, statSync, statfsSync } from 'node:fs';
import path from 'node:path';
import type { Config } from '../../platform/config/config.js';
import { checkDataFolder } from '../../platform/process/data-folder.js';
import { dataHolder } from '../../platform/process/data-lock.js';
import { messageOf } from '../../platform/process/error-facts.js';
import { fail, ok, warn, type Finding } from './finding.js';

const GIB = 1024 ** 3;

/** What can be seen without a database. */
export function machineFindings(config: Config): Finding[] {
  return [
    nodeFinding(process.versions.node),
    ...config.warnings.map((line) => warn('settings', line)),
    dataFolderFinding(config.data.folder),
    diskFinding(config.data.folder),
    serverFinding(config.data.folder),
    keysFinding(config),
    addressFinding(config),
    relayFinding(config),
  ];
}

export function nodeFinding(version: string): Finding {
  const [major] = version.split('.').map(Number);
  if (major >= 24) return ok('node', `Node ${version}.`);
  return warn('node', `Node ${version} works; Node 24 is what is tested.`);
}

function dataFolderFinding(folder: string): Finding {
  try {
    checkDataFolder(folder);
  } catch (error) {
    return fail('data', messageOf(error));
  }
  if (!existsSync(folder)) return ok('data', `${folder} will be made at the first start.`);
  const mode = statSync(folder).mode & 0o777;
  if ((mode & 0o077) === 0) return ok('data', `${folder} is closed to other users.`);
  return warn('data', `${folder} is open to other users (mode ${mode.toString(8)}); chmod 700 closes it.`);
}

function diskFinding(folder: string): Finding {
  let nearest = folder;
  while (!existsSync(nearest)) nearest = path.dirname(nearest);
  const { bavail, bsize } = statfsSync(nearest);
  return freeSpaceFinding(bavail * bsize);
}

/** @param bytes free for this user. */
export function freeSpaceFinding(bytes: number): Finding {
  const text = `${(bytes / GIB).toFixed(1)} GiB free.`;
  if (bytes < GIB / 2) return fail('disk', `${text} The database stops when the disk is full: make room.`);
  if (bytes < 5 * GIB) return warn('disk', `${text} Make room before it runs out.`);
  return ok('disk', text);
}

function serverFinding(folder: string): Finding {
  const holder = dataHolder(folder);
  if (!holder) return ok('server', 'No server runs on this data directory.');
  return ok('server', `A ${holder.kind} runs on this data directory (pid ${holder.pid}).`);
}

function keysFinding(config: Config): Finding {
  if (config.keys.inline !== null) return ok('keys', 'The key ring comes from ALCOVE_KEY_RING.');
  const file = config.data.file('keys.json');
  if (!existsSync(file)) return ok('keys', 'No key file yet; the first start makes one.');
  const mode = statSync(file).mode & 0o777;
  if ((mode & 0o077) === 0) return ok('keys', `${file} is closed to other users.`);
  return fail('keys', `${file} can be read by other users (mode ${mode.toString(8)}); chmod 600 closes it.`);
}

function addressFinding(config: Config): Finding {
  const { origin } = config.http;
  if (origin.startsWith('https:')) return ok('address', `People reach this server at ${origin}.`);
  if (/^http:\/\/(localhost|127\.|\[::1\])/.test(origin)) {
    return ok('address', `People on this machine reach the server at ${origin}.`);
  }
  return fail(
    'address',
    `${origin} is not encrypted, and browsers give no camera to it. Set ALCOVE_BASE_URL to an https address.`,
  );
}

function relayFinding(config: Config): Finding {
  if (config.turn.urls.length > 0) return ok('relay', `${config.turn.urls.length} TURN addresses are set.`);
  return warn(
    'relay',
    'No TURN relay: some networks (hotels, hospitals) will not let video through. See docs/how-to/turn.md.',
  );
}
