import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Life, linkIn, plain, type Account } from './support/life.js';

const DAY = 24 * 60;

let life: Life;
let owner: Account;
let desk: Account;

beforeAll(async () => {
  life = await Life.begin();
  owner = await life.signedIn('owner');
  desk = await life.signedIn('scheduler');
}, 120_000);
afterAll(() => life.close());

async function wish(who: Account, email: string) {
  await who.browser.get('/account/email');
  return who.browser.post('/account/email', { email });
}

describe('signing in with another address', () => {
  it('counts once the link to the new address was used, and tells the person', async () => {
    const someone = await life.signedIn('clinician');
    const answer = await wish(someone, 'fresh.one@care.example');
    expect([answer.status, answer.location]).toEqual([303, '/account/email?done=asked']);
    expect((await life.browser().signIn('fresh.one@care.example')).status).toBe(422);
    expect((await owner.browser.get('/admin/people')).html).toContain('Asks to sign in with another address');
    const link = linkIn(await owner.browser.post(`/admin/people/${someone.id}/email-link`));
    const browser = life.browser();
    await browser.get(link);
    expect((await life.browser().signIn(someone.email)).status).toBe(303);
    expect((await browser.post(link)).location).toBe('/sign-in/ready?after=email');
    expect((await browser.post(link)).status).toBe(404);
    expect((await life.browser().signIn('Fresh.One@care.example')).status).toBe(303);
    expect((await life.browser().signIn(someone.email)).status).toBe(422);
    expect(await life.told(someone.id)).toContain('account.email');
    expect(await life.done(someone.id)).toEqual(
      expect.arrayContaining(['account.email-wish', 'link.issue', 'account.email']),
    );
  });

  it('does not tell a client whether somebody has the address', async () => {
    const clientId = await life.person('client', 'Rowan Ashby');
    const client = await life.signedIn('client', { personId: clientId });
    const free = await wish(client, 'nobody.has@care.example');
    const taken = await wish(client, desk.email);
    expect([taken.status, taken.location, taken.html]).toEqual([free.status, free.location, free.html]);
    const after = (await client.browser.get('/account/email')).html;
    expect(after).not.toContain(desk.email);
    // Whoever would make the link sees it, as with an invitation.
    await desk.browser.get(`/clients/${clientId}/portal`);
    const refused = await desk.browser.post(`/clients/${clientId}/portal/${client.id}/email-link`);
    expect([refused.status, refused.html.includes('Somebody already signs in with this email.')]).toEqual([409, true]);
  });

  it('answers like a dead link when somebody took the address meanwhile', async () => {
    const someone = await life.signedIn('clinician');
    await wish(someone, 'contested@care.example');
    await owner.browser.get('/admin/people');
    const link = linkIn(await owner.browser.post(`/admin/people/${someone.id}/email-link`));
    const rival = await life.signedIn('owner');
    expect((await wish(rival, 'contested@care.example')).location).toBe('/account/email?done=changed');
    const browser = life.browser();
    await browser.get(link);
    expect(plain(await browser.post(link))).toBe(plain(await browser.get('/link/nothing')));
    expect((await life.browser().signIn(someone.email)).status).toBe(303);
  });

  it('is at once for whoever looks after everybody’s accounts, who has nobody to ask', async () => {
    const boss = await life.signedIn('owner');
    const taken = await wish(boss, desk.email);
    expect([taken.status, taken.html.includes('Somebody else signs in with this address.')]).toEqual([422, true]);
    expect(taken.html).toContain(`value="${desk.email}"`);
    expect((await wish(boss, 'boss.now@care.example')).location).toBe('/account/email?done=changed');
    expect((await life.browser().signIn('boss.now@care.example')).status).toBe(303);
  });

  it('can be undone for a week, by the person or by who looks after them, and ends every session', async () => {
    const boss = await life.signedIn('owner');
    await wish(boss, 'first.change@care.example');
    // Changing again does not take the way back to the first address away.
    life.pass(4);
    await wish(boss, 'second.change@care.example');
    expect((await boss.browser.get('/account/email')).html).toContain('Was it not you?');
    expect((await boss.browser.post('/account/email/back')).status).toBe(303);
    expect((await boss.browser.get('/account')).location).toContain('/sign-in');
    expect((await life.browser().signIn('second.change@care.example')).status).toBe(422);
    expect((await life.browser().signIn(boss.email)).status).toBe(303);
    expect(await life.told(boss.id)).toContain('account.email-back');

    const other = await life.signedIn('owner');
    await wish(other, 'hijacked@care.example');
    await owner.browser.signIn(owner.email);
    await owner.browser.get(`/admin/people/${other.id}`);
    expect((await owner.browser.post(`/admin/people/${other.id}/email-back`)).status).toBe(303);
    expect((await life.browser().signIn(other.email)).status).toBe(303);

    const late = await life.signedIn('owner');
    await wish(late, 'kept@care.example');
    life.pass(7 * DAY);
    await late.browser.signIn('kept@care.example');
    expect((await late.browser.get('/account/email')).html).not.toContain('Was it not you?');
    expect((await late.browser.post('/account/email/back')).status).toBe(404);
    await owner.browser.signIn(owner.email);
    await desk.browser.signIn(desk.email);
  });

  it('asks for a fresh proof', async () => {
    const someone = await life.signedIn('clinician');
    life.pass(6);
    await someone.browser.get('/account/email');
    const answer = await someone.browser.post('/account/email', { email: 'stale@care.example' });
    expect(answer.location).not.toBe('/account/email?done=asked');
    expect(await life.query(`SELECT 1 FROM core.other_email WHERE account_id = $1`, [someone.id])).toEqual([]);
    await owner.browser.signIn(owner.email);
  });

  it('keeps addresses sealed and out of the audit', async () => {
    const someone = await life.signedIn('clinician');
    await wish(someone, 'canary.address@care.example');
    const rows = JSON.stringify([
      await life.query('SELECT * FROM core.other_email'),
      await life.query('SELECT facts, reason, object FROM core.audit_event'),
      await life.query('SELECT facts FROM core.notice'),
    ]);
    expect(rows).not.toContain('canary');
  });

  it('takes no other columns from the body', async () => {
    const someone = await life.signedIn('clinician');
    await someone.browser.get('/account/email');
    const stolen = {
      email: 'own.wish@care.example',
      account_id: owner.id,
      id: owner.id,
      kind: 'former',
      at: '2020-01-01',
    };
    expect((await someone.browser.post('/account/email', stolen)).status).toBe(303);
    const rows = await life.query<{ account_id: string; kind: string }>(
      `SELECT account_id, kind FROM core.other_email WHERE account_id = ANY($1)`,
      [[someone.id, owner.id]],
    );
    expect(rows).toEqual([{ account_id: someone.id, kind: 'wanted' }]);
  });
});
