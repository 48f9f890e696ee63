import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from './build.mjs';
import { builtDigest, canBuild, root, sourceDigest } from './build-state.mjs';

/** Builds when the sources are not those of the last build; does nothing (some 50 ms) otherwise. */
export async function ensureBuilt() {
  const built = builtDigest();
  if (!canBuild()) {
    if (built && existsSync(path.join(root, 'dist/cli/main.js'))) return;
    throw new Error('Alcove is not built and the compilers are not installed: run "npm ci" and then "npm run build".');
  }
  if (built === sourceDigest()) return;
  console.error(built ? 'Building Alcove again, since its sources changed.' : 'Building Alcove for the first time.');
  await build({ unlessDone: true });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  ensureBuilt().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
