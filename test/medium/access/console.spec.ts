import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConsoleRecovery, newTotpSecret } from '../../../src/features/access/public.js';
import { Life, PASSWORD, type Account } from './support/life.js';

let life: Life;
let owner: Account;

beforeAll(async () => {
  life = await Life.begin();
  owner = await life.account('owner', { totpSecret: newTotpSecret() });
}, 120_000);
afterAll(() => life.close());

const make = (email: string, password = false) => life.get(ConsoleRecovery).make(email, { password });
const pathOf = (link: { url: string | null } | null): string => new URL(link?.url ?? '').pathname;

describe('the way back in on the server', () => {
  it('brings the only owner back with password and link, is recorded as done there, and told', async () => {
    const { reset, recover } = await make(owner.email.toUpperCase());
    expect(reset).toBeNull();
    const browser = life.browser();
    await browser.get(pathOf(recover));
    expect((await browser.post(pathOf(recover), { password: 'not the password' })).status).toBe(422);
    expect((await browser.post(pathOf(recover), { password: PASSWORD })).location).toBe('/today');
    const [row] = await life.query<{ actor_kind: string; actor_id: string }>(
      `SELECT actor_kind, actor_id FROM core.audit_event WHERE action = 'account.recover-console'`,
    );
    expect(row).toEqual({ actor_kind: 'system', actor_id: 'console' });
    expect(await life.told(owner.id)).toEqual(expect.arrayContaining(['account.recover-console', 'account.recovered']));
  });

  it('helps when the password is lost as well, one link after the other', async () => {
    const someone = await life.account('owner', { totpSecret: newTotpSecret() });
    const { reset, recover } = await make(someone.email, true);
    const browser = life.browser();
    await browser.get(pathOf(reset));
    expect((await browser.post(pathOf(reset), { password: 'a kettle of violet moss' })).status).toBe(303);
    await browser.get(pathOf(recover));
    expect((await browser.post(pathOf(recover), { password: 'a kettle of violet moss' })).location).toBe('/today');
  });

  it('is not for clients, unknown addresses and accounts that cannot sign in', async () => {
    const client = await life.account('client', { totpSecret: newTotpSecret() });
    for (const email of [client.email, 'nobody@care.example']) await expect(make(email)).rejects.toThrow(/not-found/);
    const before = await life.query('SELECT 1 FROM core.one_time_link');
    const plainly = await life.account('biller');
    expect(await make(plainly.email)).toEqual({ reset: null, recover: null });
    expect(await life.query('SELECT 1 FROM core.one_time_link')).toHaveLength(before.length);
  });
});
