import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newTotpSecret, totpCode } from '../../../src/features/access/public.js';
import { Clock } from '../../../src/platform/clock.js';
import { newId } from '../../../src/platform/ids.js';
import { Life, linkIn, PASSWORD, plain, type Account } from './support/life.js';

const NEW = 'a kettle of violet moss';

let life: Life;
let owner: Account;
let desk: Account;

beforeAll(async () => {
  life = await Life.begin();
  owner = await life.signedIn('owner');
  desk = await life.signedIn('scheduler');
}, 120_000);
afterAll(() => life.close());

const asks = async (id: string): Promise<boolean> =>
  (await life.query('SELECT 1 FROM core.reset_request WHERE account_id = $1', [id])).length > 0;

async function forgot(email: string) {
  const browser = life.browser();
  await browser.get('/sign-in/forgot');
  return browser.post('/sign-in/forgot', { email });
}

describe('asking for a new password', () => {
  it('answers alike whether the address signs in here or not, and records both', async () => {
    const someone = await life.account('clinician');
    const suspended = await life.account('clinician');
    await owner.browser.get('/admin/people');
    expect((await owner.browser.post(`/admin/people/${suspended.id}/suspend`)).status).toBe(303);
    const answers = [];
    for (const email of [someone.email, suspended.email, 'nobody@care.example', 'x@y.example'])
      answers.push(await forgot(email));
    expect(new Set(answers.map((answer) => `${answer.status} ${answer.location} ${answer.html}`)).size).toBe(1);
    expect(answers[0].location).toBe('/sign-in/forgot?asked=yes');
    expect(await asks(someone.id)).toBe(true);
    expect(await asks(suspended.id)).toBe(false);
    const audit = await life.query<{ object: string; outcome: string }>(
      `SELECT object, outcome FROM core.audit_event WHERE action = 'account.ask-password' ORDER BY seq`,
    );
    expect(audit.map(({ outcome }) => outcome)).toEqual(['ok', 'refused', 'refused', 'refused']);
    expect(JSON.stringify(audit)).not.toContain('@');
  });

  it('shows on the page of who looks after the account', async () => {
    const someone = await life.account('biller');
    await forgot(someone.email.toUpperCase());
    expect((await owner.browser.get('/admin/people')).html).toContain('Asks for a new password');
    const clientId = await life.person('client', 'Rowan Ashby');
    const client = await life.account('client', { personId: clientId });
    await forgot(client.email);
    expect((await desk.browser.get(`/clients/${clientId}/portal`)).html).toContain('Asks for a new password');
  });

  it('keeps what was typed and takes only an address', async () => {
    const answer = await forgot('not an address');
    expect([answer.status, answer.html.includes('value="not an address"')]).toEqual([422, true]);
  });

  it('slows down who asks again and again for one address, the same for one that is nobody’s', async () => {
    const someone = await life.account('clinician');
    for (const email of [someone.email, 'never@care.example']) {
      const statuses = [];
      for (let at = 0; at < 12; at += 1) statuses.push((await forgot(email)).status);
      expect(statuses.slice(0, 5).every((status) => status === 303)).toBe(true);
      expect(statuses.at(-1)).toBe(429);
    }
    // Asking is no way to keep somebody from signing in.
    expect((await someone.browser.signIn(someone.email)).status).toBe(303);
  });
});

describe('the link for a new password', () => {
  it('sets it once, ends every session, tells the person, and signs nobody in', async () => {
    const someone = await life.signedIn('clinician');
    await forgot(someone.email);
    await owner.browser.get(`/admin/people/${someone.id}`);
    const link = linkIn(await owner.browser.post(`/admin/people/${someone.id}/password-link`));
    expect(await asks(someone.id)).toBe(false);
    const browser = life.browser();
    expect((await browser.get(link)).status).toBe(200);
    expect((await someone.browser.get('/account')).status).toBe(200);
    const answer = await browser.post(link, { password: NEW });
    expect([answer.status, answer.location]).toEqual([303, '/sign-in/ready?after=reset']);
    expect((await browser.get('/account')).location).toContain('/sign-in');
    expect((await someone.browser.get('/account')).location).toContain('/sign-in');
    expect((await life.browser().signIn(someone.email, PASSWORD)).status).toBe(422);
    expect((await life.browser().signIn(someone.email, NEW)).status).toBe(303);
    expect((await browser.post(link, { password: 'another moss of kettles' })).status).toBe(404);
    expect(await life.told(someone.id)).toContain('account.reset');
    expect(await life.done(someone.id)).toEqual(expect.arrayContaining(['link.issue', 'account.reset']));
  });

  it('takes no second factor away and is no way around it', async () => {
    const secret = newTotpSecret();
    const someone = await life.account('clinician', { totpSecret: secret });
    await owner.browser.get(`/admin/people/${someone.id}`);
    const link = linkIn(await owner.browser.post(`/admin/people/${someone.id}/password-link`));
    const browser = life.browser();
    // A second factor stands beside it, so eight characters are enough.
    expect((await browser.get(link)).html).toContain('At least 8 characters');
    expect((await browser.post(link, { password: 'moss-kettle', totpEnc: '', code: '000000' })).status).toBe(303);
    const entered = await browser.signIn(someone.email, 'moss-kettle');
    expect(entered.location).toBe('/sign-in/code');
    expect((await browser.get('/today')).location).toBe('/sign-in/code');
    const code = totpCode(secret, life.get(Clock).now());
    expect((await browser.post('/sign-in/code', { code })).location).toBe('/today');
  });

  it('refuses weak passwords and stays usable', async () => {
    const someone = await life.account('clinician');
    await owner.browser.get('/admin/people');
    const link = linkIn(await owner.browser.post(`/admin/people/${someone.id}/password-link`));
    const browser = life.browser();
    await browser.get(link);
    for (const password of ['', 'short', 'passwordpassword', 'lindenrow lindenrow'])
      expect((await browser.post(link, { password })).status).toBe(422);
    expect((await browser.post(link, { password: NEW })).status).toBe(303);
  });

  it('lives for an hour, only in the hands of who may make one, and only for accounts that can sign in', async () => {
    const someone = await life.account('clinician');
    await owner.browser.get('/admin/people');
    const link = linkIn(await owner.browser.post(`/admin/people/${someone.id}/password-link`));
    expect((await desk.browser.post(`/admin/people/${someone.id}/password-link`)).status).toBe(404);
    expect((await owner.browser.post(`/admin/people/${owner.id}/password-link`)).status).toBe(409);
    expect((await owner.browser.post(`/admin/people/${newId()}/password-link`)).status).toBe(404);
    // A client's account is none of the staff pages' business, and the other way round.
    const client = await life.account('client');
    expect((await owner.browser.post(`/admin/people/${client.id}/password-link`)).status).toBe(404);
    await desk.browser.get(`/clients/${client.personId}/portal`);
    expect((await desk.browser.post(`/clients/${client.personId}/portal/${someone.id}/password-link`)).status).toBe(
      404,
    );
    const stranger = await life.account('client');
    expect((await desk.browser.post(`/clients/${client.personId}/portal/${stranger.id}/password-link`)).status).toBe(
      404,
    );
    expect((await desk.browser.post(`/clients/${client.personId}/portal/${client.id}/password-link`)).status).toBe(200);

    await owner.browser.post(`/admin/people/${someone.id}/suspend`);
    expect((await life.browser().get(link)).status).toBe(404);
    const late = await life.account('clinician');
    const lateLink = linkIn(await owner.browser.post(`/admin/people/${late.id}/password-link`));
    expect((await life.browser().get(lateLink)).status).toBe(200);
    life.pass(60);
    expect(plain(await life.browser().get(lateLink))).toBe(plain(await life.browser().get('/link/nothing')));
    await owner.browser.signIn(owner.email);
    await desk.browser.signIn(desk.email);
  });
});
