import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Root of the checkout. */
export const root = path.resolve(import.meta.dirname, '..');

const stampFile = path.join(root, 'dist/.build-stamp');
const lockFolder = path.join(root, 'dist/.build-lock');
const watched = [
  'src',
  'plugins',
  'scripts',
  'package-lock.json',
  'nest-cli.json',
  'tsconfig.json',
  'tsconfig.base.json',
];
const skippedFolders = new Set(['node_modules', 'dist', 'test']);

/** A digest of everything the build reads. Content, not times: a copied or checked-out tree keeps its stamp when nothing changed. */
export function sourceDigest() {
  const hash = createHash('sha256');
  for (const name of watched) addToDigest(hash, path.join(root, name));
  return hash.digest('hex');
}

function addToDigest(hash, entry) {
  if (!existsSync(entry)) return;
  if (statSync(entry).isDirectory()) {
    for (const child of readdirSync(entry).sort()) {
      if (!skippedFolders.has(child)) addToDigest(hash, path.join(entry, child));
    }
    return;
  }
  if (/\.spec\.ts$|\.tsbuildinfo$/.test(entry)) return;
  hash
    .update(`${path.relative(root, entry)}\0`)
    .update(readFileSync(entry))
    .update('\0');
}

/** The digest of the last whole build, or null. */
export const builtDigest = () => (existsSync(stampFile) ? readFileSync(stampFile, 'utf8').trim() : null);

export function forgetBuild() {
  rmSync(stampFile, { force: true });
}

export function rememberBuild(digest) {
  mkdirSync(path.dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, `${digest}\n`);
}

/** True when the compilers are installed; an image for production holds only what they made. */
export const canBuild = () => existsSync(path.join(root, 'node_modules/typescript/package.json'));

/** Runs `work` while no other build of this checkout runs. A lock whose owner is dead is taken over. */
export async function alone(work) {
  mkdirSync(path.dirname(lockFolder), { recursive: true });
  const ownerFile = path.join(lockFolder, 'pid');
  for (let waited = 0; !tryLock(ownerFile); waited += 100) {
    if (waited > 300_000) throw new Error(`another build holds ${lockFolder} for five minutes; remove it if none runs`);
    await sleep(100);
  }
  try {
    return await work();
  } finally {
    rmSync(lockFolder, { recursive: true, force: true });
  }
}

function tryLock(ownerFile) {
  try {
    mkdirSync(lockFolder);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (ownerIsGone(ownerFile)) rmSync(lockFolder, { recursive: true, force: true });
    return false;
  }
  writeFileSync(ownerFile, String(process.pid));
  return true;
}

function ownerIsGone(ownerFile) {
  // The owner writes its pid right after making the folder: a lock without one is only stale when it stays so.
  if (!existsSync(ownerFile)) return existsSync(lockFolder) && Date.now() - statSync(lockFolder).mtimeMs > 5_000;
  const pid = Number(readFileSync(ownerFile, 'utf8'));
  if (!Number.isInteger(pid) || pid <= 0) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === 'ESRCH';
  }
}
