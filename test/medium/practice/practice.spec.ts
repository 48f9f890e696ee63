import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { systemPrincipal } from '../../../src/platform/access/principal.js';
import { newId } from '../../../src/platform/ids.js';
import { principal, world, type World } from '../scheduling/support/world.js';

let here: World;
beforeAll(async () => {
  here = await world();
});
afterAll(() => here.close());

const system = systemPrincipal('test');
const input = {
  name: 'Linden Row',
  timeZone: 'America/Los_Angeles',
  location: { name: 'Office', timeZone: 'America/Los_Angeles', address: '100 Example Street' },
};
const code = async (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: { code?: string }) => error.code,
  );
const owner = principal('owner');

describe('the practice', () => {
  it('is none before the first run, and one after two first runs at once', async () => {
    expect(await here.practice.current()).toBeUndefined();
    expect(await code(here.practice.required())).toBe('practice.missing');
    const answers = await Promise.all([
      code(here.practice.create(system, input)),
      code(here.practice.create(system, input)),
    ]);
    expect(answers.sort()).toEqual(['done', 'practice.exists']);
    expect(await here.practice.current()).toMatchObject({
      name: 'Linden Row',
      crisisText: null,
      locations: [{ name: 'Office', address: '100 Example Street' }],
    });
  });

  it('is read from memory, and every process sees a change', async () => {
    const other = await world({ url: here.url, keys: here.keys });
    try {
      await other.practice.current();
      await here.practice.current();
      here.statements.length = 0;
      await here.practice.current();
      expect(here.statements).toEqual([]);
      await here.practice.update(owner, {
        name: 'Linden Row Counseling',
        timeZone: 'America/Denver',
        crisisText: 'Call 988',
      });
      expect((await here.practice.required()).name).toBe('Linden Row Counseling');
      for (let tries = 0; tries < 100 && (await other.practice.required()).name === 'Linden Row'; tries++)
        await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await other.practice.required()).toMatchObject({ name: 'Linden Row Counseling', crisisText: 'Call 988' });
    } finally {
      await other.close();
    }
  });

  it('is changed by its owner only, to zones that exist', async () => {
    const change = { name: 'X', timeZone: 'UTC' };
    for (const role of ['clinician', 'scheduler', 'it-admin', 'client'] as const) {
      expect(await code(here.practice.update(principal(role), change))).toBe('not-found');
      expect(await code(here.practice.addLocation(principal(role), change))).toBe('not-found');
    }
    expect(await code(here.practice.update(owner, { ...change, timeZone: 'Mars/Olympus' }))).toBe(
      'practice.unknown-zone',
    );
  });

  it('has locations that can be added and changed', async () => {
    const id = await here.practice.addLocation(owner, { name: 'Boise', timeZone: 'America/Boise' });
    await here.practice.updateLocation(owner, id, {
      name: 'Boise',
      timeZone: 'America/Boise',
      address: '5 Sample Road',
    });
    expect((await here.practice.required()).locations.at(-1)).toEqual({
      id,
      name: 'Boise',
      timeZone: 'America/Boise',
      address: '5 Sample Road',
    });
    expect(await code(here.practice.updateLocation(owner, newId(), { name: 'X', timeZone: 'UTC' }))).toBe('not-found');
    expect(await code(here.practice.updateLocation(owner, "x' --", { name: 'X', timeZone: 'UTC' }))).toBe('not-found');
  });
});
