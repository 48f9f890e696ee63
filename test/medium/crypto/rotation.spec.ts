import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkKeyRing, databaseHasKeys } from '../../../src/platform/crypto/key-check.js';
import { forgetOldMasters, rotateMaster } from '../../../src/platform/crypto/key-rotation.js';
import { newKeyRing, withNewMaster } from '../../../src/platform/crypto/key-ring.js';
import { recoveryKit, restoreKit } from '../../../src/platform/crypto/recovery-kit.js';
import { newId } from '../../../src/platform/ids.js';
import { cryptoWorld, type CryptoWorld, type Process } from './support.js';

let world: CryptoWorld;
let here: Process;
beforeEach(async () => {
  world = await cryptoWorld();
  here = world.first;
});
afterEach(() => world.close());

const place = () => ({ table: 'core.person', column: 'name_enc', row: newId() });

describe('the key check', () => {
  it('remembers the first ring and refuses every other one', async () => {
    const { dataSource, holder } = here;
    expect(await databaseHasKeys(dataSource)).toBe(false);
    await checkKeyRing(dataSource, holder.ring);
    expect(await databaseHasKeys(dataSource)).toBe(true);
    await checkKeyRing(dataSource, holder.ring);
    const stranger = newKeyRing();
    await expect(checkKeyRing(dataSource, stranger)).rejects.toThrow(/^keys-wrong: .*root key differs/);
    await expect(checkKeyRing(dataSource, { ...holder.ring, root: stranger.root })).rejects.toThrow(/root key differs/);
    const sameId = { ...holder.ring, masters: new Map([[holder.ring.current, stranger.root]]) };
    await expect(checkKeyRing(dataSource, sameId)).rejects.toThrow(/master key [0-9a-f]{8} differs/);
    await here.vault.seal('secret', place(), 'x');
    const lacking = { ...stranger, root: holder.ring.root };
    await expect(checkKeyRing(dataSource, lacking)).rejects.toThrow(/is missing from the key ring/);
    await checkKeyRing(dataSource, holder.ring);
  });

  it('refuses a new ring beside data keys whose check was removed', async () => {
    await here.vault.seal('secret', place(), 'x');
    await expect(checkKeyRing(here.dataSource, newKeyRing())).rejects.toThrow(/root key differs/);
  });

  it('accepts a ring restored from the recovery kit', async () => {
    await checkKeyRing(here.dataSource, here.holder.ring);
    const where = place();
    const sealed = await here.vault.seal('secret', where, 'x');
    const restored = restoreKit(recoveryKit(here.holder.ring).groups);
    await checkKeyRing(here.dataSource, restored);
    const there = await world.another(restored);
    expect(await there.vault.open('secret', where, sealed)).toBe('x');
  });
});

describe('rotating', () => {
  it('a class: new values under the new key, old ones still open', async () => {
    const where = place();
    const old = await here.vault.seal('directory.name', where, 'old');
    expect(await here.vault.keys.rotateClass('directory.name')).toBe(2);
    const fresh = await here.vault.seal('directory.name', where, 'new');
    expect(fresh.subarray(1, 17).equals(old.subarray(1, 17))).toBe(false);
    expect(
      await here.vault.openMany(
        [old, fresh].map((ciphertext) => ({ dataClass: 'directory.name', place: where, ciphertext })),
      ),
    ).toEqual(['old', 'new']);
  });

  it('the master key under load: every read works throughout, in a process that knows nothing of it too', async () => {
    await checkKeyRing(here.dataSource, here.holder.ring);
    const values = Array.from({ length: 60 }, (_, at) => ({
      dataClass: `case:${at}`,
      place: place(),
      plaintext: `${at}`,
    }));
    const ciphertexts = await here.vault.sealMany(values);
    const ignorant = await world.another();
    let reading = true;
    const readers = [1, 2].map(async () => {
      let reads = 0;
      while (reading) {
        const at = reads++ % values.length;
        // A fresh process each time, so that no key comes from memory.
        const { vault } = reads % 10 === 0 ? await world.another(ignorant.holder.ring) : ignorant;
        const { dataClass, place: where, plaintext } = values[at];
        expect(await vault.open(dataClass, where, ciphertexts[at])).toBe(plaintext);
      }
      return reads;
    });
    const before = here.holder.ring.current;
    const { current, rewrapped } = await rotateMaster(here.dataSource, here.holder, here.vault.keys);
    reading = false;
    expect((await Promise.all(readers)).every((reads) => reads > 0)).toBe(true);
    expect(rewrapped).toBe(60);
    expect(current).not.toBe(before);
    expect(await here.vault.keys.mastersInUse()).toEqual([current]);
    expect(await here.vault.keys.rewrapAll()).toBe(0);
    await checkKeyRing(here.dataSource, here.holder.ring);
  });

  it('the master key: goes on after an interruption, and forgets the old one only when nothing needs it', async () => {
    await checkKeyRing(here.dataSource, here.holder.ring);
    const where = place();
    const sealed = await here.vault.seal('secret', where, 'x');
    // As if the server had died right after writing the file.
    await here.holder.replace(withNewMaster(here.holder.ring));
    await expect(forgetOldMasters(here.dataSource, here.holder, here.vault.keys)).rejects.toThrow(/^keys-in-use/);
    await checkKeyRing(here.dataSource, here.holder.ring);
    expect(await here.vault.keys.rewrapAll()).toBe(1);
    await forgetOldMasters(here.dataSource, here.holder, here.vault.keys);
    expect(here.holder.masterIds).toHaveLength(1);
    const there = await world.another();
    await checkKeyRing(there.dataSource, there.holder.ring);
    expect(await there.vault.open('secret', where, sealed)).toBe('x');
  });
});
