import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkDataFolder, prepareDataFolder } from '../../../src/platform/process/data-folder.js';
import { assertPortFree } from '../../../src/platform/process/port.js';

describe('before anything is made', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync('/tmp/alcove-preflight-')));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('a taken port is one line', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(assertPortFree('127.0.0.1', port)).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is taken by another program. Stop that one, or set PORT.`,
    );
    await new Promise((resolve) => other.close(resolve));
    await assertPortFree('127.0.0.1', port);
  });

  it('an address this machine does not have is one line', async () => {
    await expect(assertPortFree('192.0.2.1', 3999)).rejects.toThrow(/no address 192\.0\.2\.1\. Correct ALCOVE_HOST/);
  });

  it('a data directory is made closed to others, and found again', () => {
    const data = path.join(folder, 'a/b');
    checkDataFolder(data);
    expect(readdirSync(folder)).toEqual([]);
    prepareDataFolder(data);
    expect(statSync(data).mode & 0o777).toBe(0o700);
    prepareDataFolder(data);
    checkDataFolder(data);
  });

  it('a file in its place, or on its path, is one line', () => {
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    for (const bad of [file, path.join(file, 'data')]) {
      expect(() => checkDataFolder(bad)).toThrow(/^The data directory .* cannot be made: .*file is not a folder/);
      expect(() => prepareDataFolder(bad)).toThrow(/^The data directory .* (cannot be written|is not a folder)/);
    }
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('a folder that takes no others is one line, and no endless try', () => {
    expect(() => prepareDataFolder('/proc/nowhere/data')).toThrow(/^The data directory .* cannot be written/);
  });

  // Root may write everywhere.
  const asUser = process.getuid?.() === 0 ? it.skip : it;
  asUser('a folder we may not write is one line, and nothing is made', () => {
    const closed = path.join(folder, 'closed');
    mkdirSync(closed);
    chmodSync(closed, 0o500);
    expect(() => checkDataFolder(path.join(closed, 'data'))).toThrow(/permission denied/);
    expect(() => prepareDataFolder(path.join(closed, 'data'))).toThrow(/permission denied/);
    expect(existsSync(path.join(closed, 'data'))).toBe(false);
  });
});
