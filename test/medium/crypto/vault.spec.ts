import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newId } from '../../../src/platform/ids.js';
import { scale } from '../../scale.js';
import { cryptoWorld, type CryptoWorld, type Process } from './support.js';

const DAMAGED = /^sealed-value-damaged/;
let world: CryptoWorld;
let here: Process;
beforeAll(async () => {
  world = await cryptoWorld();
  here = world.first;
});
afterAll(() => world.close());

const place = (row = newId(), column = 'name_enc', table = 'core.person') => ({ table, column, row });

describe('sealed values', () => {
  it('open in their place, in another process, and nowhere else', async () => {
    const where = place();
    const sealed = await here.vault.seal('directory.name', where, 'Zoë Ångström');
    const there = await world.another();
    expect(await there.vault.open('directory.name', where, sealed)).toBe('Zoë Ångström');
    for (const elsewhere of [
      place(),
      { ...where, column: 'email_enc' },
      { ...where, table: 'core.account' },
      { table: 'core.person|name_enc', column: '', row: where.row },
    ]) {
      await expect(there.vault.open('directory.name', elsewhere, sealed)).rejects.toThrow(DAMAGED);
    }
    await there.vault.seal('directory.contact', where, 'x');
    await expect(there.vault.open('directory.contact', where, sealed)).rejects.toThrow(DAMAGED);
  });

  it('answer the same error when two are exchanged, or their key is unknown', async () => {
    const rows = [place(), place()];
    const sealed = await Promise.all(rows.map((row) => here.vault.seal('secret', row, 'totp')));
    await expect(here.vault.open('secret', rows[0], sealed[1])).rejects.toThrow(DAMAGED);
    const unknown = Buffer.from(sealed[0]);
    unknown.fill(7, 1, 17);
    await expect(here.vault.open('secret', rows[0], unknown)).rejects.toThrow(DAMAGED);
    await expect(here.vault.open('secret', rows[0], Buffer.alloc(0))).rejects.toThrow(DAMAGED);
  });

  it('come in bulk, of several classes, in order, with one read of the keys', async () => {
    const values = Array.from({ length: 1_200 }, (_, at) => ({
      dataClass: at % 2 ? 'directory.name' : `case:${at % 10}`,
      place: place(),
      plaintext: `value ${at}`,
    }));
    const ciphertexts = await here.vault.sealMany(values);
    const there = await world.another();
    const sealed = values.map(({ dataClass, place: where }, at) => ({
      dataClass,
      place: where,
      ciphertext: ciphertexts[at],
    }));
    expect(await there.vault.openMany(sealed)).toEqual(values.map(({ plaintext }) => plaintext));
    sealed[700] = { ...sealed[700], ciphertext: sealed[701].ciphertext };
    await expect(there.vault.openMany(sealed)).rejects.toThrow(DAMAGED);
  });

  it('open one by one all at once, also when no key is in memory yet', async () => {
    const rows = Array.from({ length: 500 }, () => place());
    const sealed = await Promise.all(rows.map((row, at) => here.vault.seal(`case:${at % 40}`, row, String(at))));
    const there = await world.another();
    const texts = await Promise.all(sealed.map((bytes, at) => there.vault.open(`case:${at % 40}`, rows[at], bytes)));
    expect(texts).toEqual(rows.map((_, at) => String(at)));
  });

  it('are sealed inside transactions that use up the whole pool', async () => {
    const { dataSource, vault } = await world.another();
    await Promise.all(
      Array.from({ length: 6 }, (_, at) =>
        dataSource.transaction(async (manager) => {
          await manager.query('SELECT pg_sleep(0.05)');
          await vault.seal(`case:pool-${at}`, place(), 'said at the door');
        }),
      ),
    );
  });
});

describe('data keys', () => {
  it('are made once per class, however many processes ask for the first one', async () => {
    const racers = await Promise.all(Array.from({ length: scale.keyRacers }, () => world.another()));
    const where = place();
    const sealed = await Promise.all(racers.map(({ vault }) => vault.seal('race', where, 'first')));
    const [{ count }] = await here.dataSource.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM core.data_key WHERE class = 'race'`,
    );
    expect(count).toBe(1);
    for (const bytes of sealed) expect(await here.vault.open('race', where, bytes)).toBe('first');
  });

  it('do not open when their row was touched', async () => {
    const where = place();
    const sealed = await here.vault.seal('touched', where, 'x');
    const reset = await world.another();
    await here.dataSource.query(`UPDATE core.data_key SET version = 2 WHERE class = 'touched'`);
    await expect(reset.vault.open('touched', where, sealed)).rejects.toThrow(DAMAGED);
    await here.dataSource.query(`UPDATE core.data_key SET version = 1 WHERE class = 'touched'`);
    expect(await reset.vault.open('touched', where, sealed)).toBe('x');
  });

  it('say so, and not "damaged", when the database is away', async () => {
    const { dataSource, vault } = await world.another();
    await dataSource.query(`SET lock_timeout = '100ms'`);
    await vault.keys.close();
    await expect(vault.seal('other', place(), 'x')).rejects.toThrow(/pool/);
    await expect(vault.open('other', place(), Buffer.concat([Buffer.of(1), Buffer.alloc(60)]))).rejects.toThrow(/pool/);
    vault.keys.close = () => Promise.resolve();
  });
});

describe('blind indexes and derived keys', () => {
  it('fold what people write differently, keep what differs, and differ by purpose and practice', async () => {
    const { vault } = here;
    const hash = (text: string, purpose = 'person.email') => vault.hash(purpose, text, { fold: true }).toString('hex');
    expect(hash('Straße@Example.ORG')).toBe(hash('STRASSE@example.org'));
    expect(hash('ﬁ@x.org')).toBe(hash('FI@x.org'));
    expect(hash('ΟΔΟΣ')).toBe(hash('οδος'));
    expect(hash('a@x.org')).not.toBe(hash('b@x.org'));
    expect(hash('a@x.org')).not.toBe(hash('a@x.org', 'account.email'));
    expect(vault.hash('p', 'A')).not.toEqual(vault.hash('p', 'a'));
    const otherPractice = await cryptoWorld();
    expect(otherPractice.first.vault.hash('person.email', 'a@x.org', { fold: true }).toString('hex')).not.toBe(
      hash('a@x.org'),
    );
    await otherPractice.close();
  });

  it('are the same in every process', async () => {
    const there = await world.another();
    expect(there.vault.hash('p', 'x')).toEqual(here.vault.hash('p', 'x'));
    expect(there.vault.derive('pepper')).toEqual(here.vault.derive('pepper'));
    expect(here.vault.derive('pepper')).not.toEqual(here.vault.derive('csrf'));
    expect(here.vault.derive('pepper')).toHaveLength(32);
  });
});
