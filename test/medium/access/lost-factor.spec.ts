import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newTotpSecret } from '../../../src/features/access/public.js';
import { newId } from '../../../src/platform/ids.js';
import { Life, linkIn, PASSWORD, plain, type Account, type HtmlAnswer } from './support/life.js';

const WORDS = 'Called her on the number from her contract.';

let life: Life;
let first: Account;
let second: Account;
let desk: Account;

beforeAll(async () => {
  life = await Life.begin({ staffSecondFactor: 'required' });
  // Owners of the test sign in at a process where that is only offered; the rule under test holds in the other one.
  const easy = await life.beside({ staffSecondFactor: 'offered' });
  const enter = async (role: 'owner' | 'scheduler'): Promise<Account> => {
    const account = { ...(await life.account(role)), browser: life.browser(easy.url) };
    await account.browser.signIn(account.email);
    return account;
  };
  [first, second, desk] = [await enter('owner'), await enter('owner'), await enter('scheduler')];
  closeEasy = () => easy.close();
}, 120_000);
let closeEasy = (): Promise<void> => Promise.resolve();
afterAll(async () => {
  await closeEasy();
  await life.close();
});

const lost = (): Promise<Account> => life.account('clinician', { totpSecret: newTotpSecret() });

const open = (by: Account, id: string, fields: Readonly<Record<string, string>> = {}): Promise<HtmlAnswer> =>
  by.browser.post(`/admin/people/${id}/recovery`, { how: 'call-back', words: WORDS, ...fields });

async function requestOf(id: string): Promise<string> {
  const [row] = await life.query<{ id: string }>(
    `SELECT id FROM core.recovery_request WHERE account_id = $1 AND approved_at IS NULL AND dropped_at IS NULL`,
    [id],
  );
  return row?.id ?? newId();
}

const approve = async (by: Account, id: string): Promise<HtmlAnswer> =>
  by.browser.post(`/admin/people/${id}/recovery/approve`, { request: await requestOf(id) });

/** Two people agree; returns the path of the link. */
async function linkFor(someone: Account): Promise<string> {
  expect((await open(first, someone.id)).location).toBe('/admin/people?done=recovery');
  return linkIn(await approve(second, someone.id));
}

const hasCode = async (id: string): Promise<boolean> =>
  (await life.query('SELECT 1 FROM core.account WHERE id = $1 AND totp_enc IS NOT NULL', [id])).length > 0;

describe('a lost second factor of somebody who works here', () => {
  it('needs two people, then the link and the password, and leads to setting up a new one', async () => {
    const someone = await lost();
    const link = await linkFor(someone);
    const browser = life.browser();
    expect((await browser.get(link)).html).toContain('Your present password');
    const answer = await browser.post(link, { password: PASSWORD });
    expect([answer.status, answer.location]).toEqual([303, '/sign-in/second-factor']);
    expect((await browser.get('/today')).location).toBe('/sign-in/second-factor');
    expect(await hasCode(someone.id)).toBe(false);
    const replay = life.browser();
    await replay.get('/sign-in');
    expect((await replay.post(link, { password: PASSWORD })).status).toBe(404);
    expect(await life.done(someone.id)).toEqual(
      expect.arrayContaining(['account.recovery-open', 'account.recovery-approve', 'link.issue', 'account.recover']),
    );
    expect(await life.told(someone.id)).toEqual(
      expect.arrayContaining(['account.recovery-yours', 'account.recovery-approved', 'account.recovered']),
    );
    expect(await life.told(second.id)).toEqual(
      expect.arrayContaining(['account.recovery-open', 'account.recovered-colleague']),
    );
    expect(await life.told(first.id)).not.toContain('account.recovery-open');
  });

  it('opens nothing by the link alone, and slows guessing down', async () => {
    const someone = await lost();
    const link = await linkFor(someone);
    const browser = life.browser();
    await browser.get(link);
    const statuses = [];
    for (let at = 0; at < 12; at += 1) statuses.push((await browser.post(link, { password: `guess ${at}` })).status);
    expect(statuses[0]).toBe(422);
    expect(statuses.at(-1)).toBe(429);
    expect(await hasCode(someone.id)).toBe(true);
    expect((await browser.get('/today')).location).toContain('/sign-in?next=');
  });

  it('is never approved by the one who opened it, nor by the one it is for', async () => {
    const someone = await lost();
    await open(first, someone.id);
    const own = await approve(first, someone.id);
    expect([own.status, own.html.includes('You opened this request.')]).toEqual([409, true]);
    expect((await approve(desk, someone.id)).status).toBe(404);
    await second.browser.get('/admin/people');
    expect((await second.browser.get(`/admin/people/${someone.id}`)).html).toContain('Agree and make the link');
    expect((await first.browser.get(`/admin/people/${someone.id}`)).html).not.toContain('Agree and make the link');

    // The subject manages people too, and even opened it from another account's session.
    await life.query('UPDATE core.account SET totp_enc = $2 WHERE id = $1', [second.id, Buffer.alloc(8)]);
    expect((await open(second, second.id)).status).toBe(409);
    expect((await open(first, second.id)).status).toBe(303);
    expect((await approve(second, second.id)).status).toBe(409);
    expect(
      (await first.browser.post(`/admin/people/${second.id}/recovery/drop`, { request: await requestOf(second.id) }))
        .status,
    ).toBe(303);
    await life.query('UPDATE core.account SET totp_enc = NULL WHERE id = $1', [second.id]);
  });

  it('cannot be written into the database for one person either', async () => {
    const someone = await lost();
    await open(first, someone.id);
    for (const by of [first.id, someone.id])
      await expect(
        life.query('UPDATE core.recovery_request SET approved_by = $2, approved_at = opened_at WHERE id = $1', [
          await requestOf(someone.id),
          by,
        ]),
      ).rejects.toThrow(/recovery_request_two/);
  });

  it('has to be approved within a day, once, and can be put aside', async () => {
    const late = await lost();
    await open(first, late.id);
    const lateRequest = await requestOf(late.id);
    life.pass(24 * 60);
    for (const one of [first, second, desk]) await one.browser.signIn(one.email);
    expect(
      (await second.browser.post(`/admin/people/${late.id}/recovery/approve`, { request: lateRequest })).status,
    ).toBe(404);
    // A new one can be opened when the old one is too old.
    expect((await open(first, late.id)).status).toBe(303);
    expect((await open(second, late.id)).status).toBe(409);
    const request = await requestOf(late.id);
    const drop = await second.browser.post(`/admin/people/${late.id}/recovery/drop`, { request });
    expect(drop.location).toBe('/admin/people?done=dropped');
    expect((await second.browser.post(`/admin/people/${late.id}/recovery/approve`, { request })).status).toBe(404);

    const someone = await lost();
    await open(first, someone.id);
    const once = await requestOf(someone.id);
    const both = await Promise.all(
      [second, second].map(({ browser }) =>
        browser.post(`/admin/people/${someone.id}/recovery/approve`, { request: once }),
      ),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([200, 404]);
  });

  it('gives a link that lives for an hour', async () => {
    const someone = await lost();
    const link = await linkFor(someone);
    expect((await life.browser().get(link)).status).toBe(200);
    life.pass(60);
    expect(plain(await life.browser().get(link))).toBe(plain(await life.browser().get('/link/nothing')));
    for (const one of [first, second, desk]) await one.browser.signIn(one.email);
  });

  it('keeps what was typed, seals it, and takes no other columns', async () => {
    const someone = await lost();
    const wrong = await open(first, someone.id, { how: 'a hunch' });
    expect([wrong.status, wrong.html.includes(WORDS)]).toEqual([422, true]);
    await open(first, someone.id, {
      alone: 'true',
      approved_by: second.id,
      expires_at: '2099-01-01',
      words: 'canary words of an owner',
    });
    const [row] = await life.query<{ alone: boolean; approved_by: string | null }>(
      'SELECT alone, approved_by, expires_at, words_enc FROM core.recovery_request WHERE id = $1',
      [await requestOf(someone.id)],
    );
    expect(row).toMatchObject({ alone: false, approved_by: null });
    expect(JSON.stringify([row, await life.query('SELECT facts FROM core.audit_event')])).not.toContain('canary');
  });

  it('is not for accounts without a second factor', async () => {
    const someone = await life.account('biller');
    expect((await open(first, someone.id)).status).toBe(404);
    expect((await first.browser.get(`/admin/people/${someone.id}`)).html).not.toContain('/recovery"');
  });
});

describe('a lost second factor of a client', () => {
  it('needs one person, is told to the client, and asks for a longer password when that stands alone now', async () => {
    const clientId = await life.person('client', 'Rowan Ashby');
    const client = await life.account('client', {
      personId: clientId,
      totpSecret: newTotpSecret(),
      password: 'moss-kettle',
    });
    const path = `/clients/${clientId}/portal/${client.id}/recovery`;
    await desk.browser.get(`/clients/${clientId}/portal`);
    const wrong = await desk.browser.post(path, { how: 'video', words: 'short' });
    expect([wrong.status, wrong.html.includes('>short</textarea>')]).toEqual([422, true]);
    const link = linkIn(await desk.browser.post(path, { how: 'video', words: WORDS }));
    expect(await life.told(client.id)).toContain('account.recovery-approved');

    const browser = life.browser();
    await browser.get(link);
    const short = await browser.post(link, { password: 'moss-kettle' });
    expect([short.status, short.html.includes('A new password')]).toEqual([422, true]);
    expect(await hasCode(client.id)).toBe(true);
    const answer = await browser.post(link, { password: 'moss-kettle', wanted: 'a kettle of violet moss' });
    expect([answer.status, answer.location]).toEqual([303, '/portal']);
    expect(await hasCode(client.id)).toBe(false);
    expect((await life.browser().signIn(client.email, 'moss-kettle')).status).toBe(422);
    expect((await life.browser().signIn(client.email, 'a kettle of violet moss')).location).toBe('/portal');
  });
});
