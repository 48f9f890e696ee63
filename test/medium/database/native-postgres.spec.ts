import { chmodSync, cpSync, existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { locate, nativePostgres } from '../../../src/platform/database/embedded/native.js';
import { pgUser } from '../../../src/platform/database/embedded/pg-user.js';

const asRoot = process.getuid?.() === 0;

describe('the installed PostgreSQL', () => {
  let folder: string;
  let native: string;
  const version = `test-${process.pid}`;
  const shared = [`/var/lib/alcove/postgresql-${version}-${process.arch}`];

  beforeEach(() => {
    folder = mkdtempSync('/tmp/alcove-native-');
    native = path.join(folder, 'native');
    cpSync(locate().native, native, { recursive: true, verbatimSymlinks: true });
    removeLinks(native);
  });
  afterEach(() => {
    for (const place of [folder, ...shared]) rmSync(place, { recursive: true, force: true });
  });

  function removeLinks(place: string): void {
    for (const entry of readdirSync(place, { withFileTypes: true, recursive: true })) {
      const file = path.join(entry.parentPath, entry.name);
      if (lstatSync(file).isSymbolicLink()) rmSync(file);
    }
  }
  const user = () => pgUser(path.join(folder, 'none'));

  it('gets the links between its libraries where install scripts are turned off', async () => {
    chmodSync(folder, 0o755);
    const programs = await nativePostgres(user(), folder, { native, version });
    expect(programs.postgres).toBe(path.join(native, 'bin/postgres'));
    expect(lstatSync(path.join(native, 'lib/libicuuc.so.60')).isSymbolicLink()).toBe(true);
  });

  it('runs from a copy where its user cannot reach it, and uses that copy again', async () => {
    // As root: a folder closed to everybody else, files made with a strict umask. Else: a folder without links that is read-only.
    chmodSync(folder, 0o700);
    if (asRoot)
      for (const file of ['lib/libpq.so.5.18', 'share/postgresql/postgres.bki'])
        chmodSync(path.join(native, file), 0o600);
    else chmodSync(path.join(native, 'lib'), 0o500);
    const own = mkdtempSync('/tmp/alcove-native-own-');
    const programs = await nativePostgres(user(), own, { native, version });
    expect(programs.postgres.startsWith(native)).toBe(false);
    const made = lstatSync(programs.postgres).mtimeMs;
    const again = await nativePostgres(user(), own, { native, version });
    expect(again).toEqual(programs);
    expect(lstatSync(again.postgres).mtimeMs).toBe(made);
    // A copy that is damaged is made anew.
    rmSync(path.join(path.dirname(programs.postgres), '../lib/libicudata.so.60.2'));
    expect(await nativePostgres(user(), own, { native, version })).toEqual(programs);
    expect(existsSync(path.join(path.dirname(programs.postgres), '../lib/libicudata.so.60.2'))).toBe(true);
    if (!asRoot) chmodSync(path.join(native, 'lib'), 0o700);
    rmSync(own, { recursive: true });
  });

  it('says so in one line when it cannot run at all', async () => {
    rmSync(path.join(native, 'lib/libicudata.so.60.2'));
    chmodSync(folder, 0o755);
    await expect(nativePostgres(user(), folder, { native, version })).rejects.toThrow(
      /^The bundled PostgreSQL cannot run here \(.*\)\. Set DATABASE_URL to use another PostgreSQL\.$/,
    );
  });
});
