import { randomBytes, sign, verify } from 'node:crypto';
import { createPublicKey } from 'node:crypto';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createKeyRingFile, loadOrCreateKeyRing, replaceKeyRingFile } from './key-ring.file.js';
import { KeyRingHolder } from './key-ring.holder.js';
import {
  checkValue,
  deriveKey,
  deriveSigningKey,
  newKeyRing,
  parseKeyRing,
  serialiseKeyRing,
  withNewMaster,
  withoutOldMasters,
} from './key-ring.js';

describe('the key ring as text', () => {
  it('comes back as it was, older master keys too', () => {
    const ring = withNewMaster(withNewMaster(newKeyRing()));
    expect(parseKeyRing(serialiseKeyRing(ring), 'here')).toEqual(ring);
    expect(ring.masters.size).toBe(3);
    expect([...withoutOldMasters(ring).masters.keys()]).toEqual([ring.current]);
  });

  const good = JSON.parse(serialiseKeyRing(newKeyRing())) as Record<string, unknown>;
  it.each([
    ['no JSON', '{"format":1, SECRET'],
    ['null', 'null'],
    ['another format', JSON.stringify({ ...good, format: 2 })],
    ['no masters', JSON.stringify({ ...good, masters: {} })],
    ['a current key that is not there', JSON.stringify({ ...good, current: 'ffffffff' })],
    ['a short root', JSON.stringify({ ...good, root: 'AAAA' })],
    ['a root that is no text', JSON.stringify({ ...good, root: 5 })],
    ['an odd id', JSON.stringify({ ...good, current: 'x', masters: { x: good.root } })],
  ])('refuses %s without quoting it', (_, text) => {
    const parse = () => parseKeyRing(text, 'ALCOVE_KEY_RING');
    expect(parse).toThrow(/^keys-malformed: .*\(ALCOVE_KEY_RING\)$/);
    expect(parse).not.toThrow(/SECRET/);
  });
});

describe('derived keys', () => {
  it('differ by purpose and secret, and are the same each time', () => {
    const root = randomBytes(32);
    expect(deriveKey(root, 'a')).toEqual(deriveKey(root, 'a'));
    expect(deriveKey(root, 'a')).not.toEqual(deriveKey(root, 'b'));
    expect(deriveKey(root, 'a')).not.toEqual(deriveKey(randomBytes(32), 'a'));
    expect(checkValue(root)).not.toEqual(checkValue(randomBytes(32)));
  });

  it('sign as Ed25519', () => {
    const key = deriveSigningKey(randomBytes(32), 'x');
    const signature = sign(null, Buffer.from('head'), key);
    expect(verify(null, Buffer.from('head'), createPublicKey(key), signature)).toBe(true);
    expect(verify(null, Buffer.from('tail'), createPublicKey(key), signature)).toBe(false);
  });
});

describe('the key file', () => {
  let dir: string;
  let file: string;
  beforeEach(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'alcove-keys-'));
    file = path.join(dir, 'data', 'keys.json');
  });
  afterEach(() => rm(dir, { recursive: true }));

  it('is made once, for its owner only, and read afterwards', async () => {
    const made = await loadOrCreateKeyRing({ file, databaseHasKeys: false });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await loadOrCreateKeyRing({ file, databaseHasKeys: true })).toEqual(made);
    expect(await readdir(path.dirname(file))).toEqual(['keys.json']);
  });

  it('is one when several processes start together', async () => {
    const rings = await Promise.all(Array.from({ length: 8 }, () => createKeyRingFile(file)));
    expect(new Set(rings.map(serialiseKeyRing)).size).toBe(1);
    expect(await readdir(path.dirname(file))).toEqual(['keys.json']);
  });

  it('is never made anew beside encrypted data', async () => {
    await expect(loadOrCreateKeyRing({ file, databaseHasKeys: true })).rejects.toThrow(
      /^keys-missing: .*keys\.json\)$/,
    );
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });

  it('is refused when others can read it, when it is damaged, and when its folder cannot be', async () => {
    await createKeyRingFile(file);
    await chmod(file, 0o640);
    await expect(loadOrCreateKeyRing({ file, databaseHasKeys: true })).rejects.toThrow(/^keys-open-to-others/);
    await chmod(file, 0o600);
    await writeFile(file, (await readFile(file, 'utf8')).slice(0, 40));
    await expect(loadOrCreateKeyRing({ file, databaseHasKeys: true })).rejects.toThrow(/^keys-malformed/);
    const below = path.join(file, 'keys.json');
    await expect(loadOrCreateKeyRing({ file: below, databaseHasKeys: false })).rejects.toThrow(/^keys-unreadable/);
  });

  it('is replaced in one step, and another process sees the new one after a reload', async () => {
    const ring = await createKeyRingFile(file);
    const holder = new KeyRingHolder(ring, { file });
    const next = withNewMaster(ring);
    await replaceKeyRingFile(file, next);
    expect(holder.ring).toEqual(ring);
    expect(await holder.reload()).toEqual(next);
    expect(holder.masterIds).toEqual([next.current, ring.current]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it('does not matter when the environment holds the ring, which then cannot be changed', async () => {
    const ring = newKeyRing();
    const inline = serialiseKeyRing(ring);
    expect(await loadOrCreateKeyRing({ file, inline, databaseHasKeys: true })).toEqual(ring);
    const holder = new KeyRingHolder(ring, { file, inline });
    await expect(holder.replace(newKeyRing())).rejects.toThrow(/^keys-fixed/);
    await expect(stat(file)).rejects.toThrow('ENOENT');
  });
});
