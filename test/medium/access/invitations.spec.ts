import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { BootedApp } from '../../support/app.js';
import { newId, newSecret } from '../../../src/platform/ids.js';
import { Life, linkIn, PASSWORD, plain, type Account } from './support/life.js';

const DAY = 24 * 60;

let life: Life;
let other: BootedApp;
let owner: Account;
let desk: Account;

beforeAll(async () => {
  life = await Life.begin();
  other = await life.beside();
  owner = await life.signedIn('owner');
  desk = await life.signedIn('scheduler');
}, 120_000);
afterAll(async () => {
  await other.close();
  await life.close();
});

let count = 0;
/** An invitation of a colleague; returns the path of its link. */
async function invite(fields: Readonly<Record<string, string>> = {}): Promise<{ link: string; email: string }> {
  count += 1;
  const email = `new${count}@care.example`;
  await owner.browser.signIn(owner.email);
  await owner.browser.get('/admin/people/invite');
  const form = { name: `Sun Abara ${count}`, email, role: 'clinician', credential: 'LMFT', ...fields };
  return { link: linkIn(await owner.browser.post('/admin/people/invite', form)), email };
}

const accountOf = async (link: string): Promise<string> => {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256').update(link.replace('/link/', '')).digest();
  const rows = await life.query<{ account_id: string }>(
    'SELECT account_id FROM core.one_time_link WHERE token_hash = $1',
    [hash],
  );
  return rows[0]?.account_id ?? '';
};

const CHOSEN = { password: 'a kettle of violet moss', timeZone: 'America/Chicago' };

describe('inviting a colleague', () => {
  it('makes an account that waits, a clinician record, and a link that is shown once and stored nowhere', async () => {
    const { link, email } = await invite();
    const id = await accountOf(link);
    expect(await life.stateOf(id)).toBe('invited');
    expect(await life.done(id)).toEqual(['account.create', 'link.issue']);
    const [clinician] = await life.query<{ credential: string }>(
      'SELECT c.credential FROM core.clinician c JOIN core.account a ON a.person_id = c.id WHERE a.id = $1',
      [id],
    );
    expect(clinician.credential).toBe('LMFT');
    const stored = JSON.stringify(await life.query("SELECT *, encode(token_hash, 'base64') FROM core.one_time_link"));
    expect(stored).not.toContain(link.slice(6));
    expect((await life.browser().signIn(email, PASSWORD)).status).toBe(422);
    expect((await owner.browser.get('/admin/people')).html).toContain('1 is invited');
  });

  it('opens with the link alone: who invites, a password, a zone; then the account is theirs', async () => {
    const { link, email } = await invite();
    const id = await accountOf(link);
    const browser = life.browser();
    const shown = await browser.get(link);
    expect(shown.status).toBe(200);
    expect(shown.headers.get('cache-control')).toContain('no-store');
    expect(shown.headers.get('referrer-policy')).toBe('no-referrer');
    expect(shown.html).toContain('invites you to this practice. Your role: Clinician.');
    // Whoever finds the page does not learn the address.
    expect(shown.html).not.toContain(email);
    expect(shown.html).toContain('n···@care.example');
    // Looking changes nothing, however often.
    await browser.get(link);
    expect(await life.stateOf(id)).toBe('invited');

    const answer = await browser.post(link, CHOSEN);
    expect([answer.status, answer.location]).toEqual([303, '/today']);
    expect((await browser.get('/account')).html).toContain(email);
    expect(await life.stateOf(id)).toBe('active');
    expect(
      (await life.query<{ time_zone: string }>('SELECT time_zone FROM core.account WHERE id = $1', [id]))[0].time_zone,
    ).toBe('America/Chicago');
    expect(await life.told(owner.id)).toContain('account.accepted');
    expect((await life.browser().signIn(email, CHOSEN.password)).status).toBe(303);
  });

  it('keeps what was typed when something is wrong, except the password', async () => {
    await owner.browser.signIn(owner.email);
    await owner.browser.get('/admin/people/invite');
    const wrong = await owner.browser.post('/admin/people/invite', {
      name: 'Sun Abara',
      email: 'no address',
      role: 'client',
    });
    expect(wrong.status).toBe(422);
    expect(wrong.html).toContain('value="Sun Abara"');
    expect(wrong.html).toContain('value="no address"');
    const taken = await owner.browser.post('/admin/people/invite', { name: 'Sun', email: desk.email, role: 'biller' });
    expect(taken.status).toBe(422);
    expect(taken.html).toContain('Somebody already signs in with this email.');

    const { link } = await invite();
    const browser = life.browser();
    await browser.get(link);
    const short = await browser.post(link, { password: 'short-moss', timeZone: 'America/Boise' });
    expect(short.status).toBe(422);
    expect(short.html).toContain('At least 15 characters');
    expect(short.html).not.toContain('short-moss');
    expect(short.html).toMatch(/value="America\/Boise" selected/);
    expect((await browser.post(link, { ...CHOSEN, timeZone: 'Mars/Base' })).status).toBe(422);
    expect((await browser.post(link, CHOSEN)).status).toBe(303);
  });

  it('takes no other columns from the body', async () => {
    const { link } = await invite({
      state: 'active',
      passwordHash: 'x',
      personId: newId(),
      id: newId(),
      invited: 'false',
    });
    const id = await accountOf(link);
    expect(await life.stateOf(id)).toBe('invited');
    const browser = life.browser();
    await browser.get(link);
    await browser.post(link, {
      ...CHOSEN,
      role: 'owner',
      state: 'active',
      email: 'me@evil.example',
      account_id: owner.id,
    });
    const [row] = await life.query<{ role: string }>('SELECT role FROM core.account WHERE id = $1', [id]);
    expect(row.role).toBe('clinician');
  });

  it('is for holders of staff:manage', async () => {
    expect((await desk.browser.get('/admin/people/invite')).status).toBe(404);
    expect(
      (await desk.browser.post('/admin/people/invite', { name: 'x', email: 'x@y.example', role: 'owner' })).status,
    ).toBe(404);
  });
});

describe('a link', () => {
  it('works once, in however many processes', async () => {
    const { link } = await invite();
    const browsers = [life.browser(), life.browser(other.url), life.browser(), life.browser(other.url)];
    for (const browser of browsers) await browser.get(link);
    const answers = await Promise.all(browsers.map((browser) => browser.post(link, CHOSEN)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 404, 404, 404]);
  });

  it('answers alike when it is unknown, used, replaced, too old, of an account that is gone, or no link at all', async () => {
    const used = await invite();
    const browser = life.browser();
    await browser.get(used.link);
    await browser.post(used.link, CHOSEN);

    const replaced = await invite();
    const id = await accountOf(replaced.link);
    await owner.browser.get('/admin/people');
    const newer = linkIn(await owner.browser.post(`/admin/people/${id}/invitation`));
    expect((await life.browser().get(newer)).status).toBe(200);

    const withdrawn = await invite();
    const gone = await accountOf(withdrawn.link);
    expect((await owner.browser.post(`/admin/people/${gone}/close`)).status).toBe(303);
    expect(await life.stateOf(gone)).toBe('closed');

    const old = await invite();
    const links = [
      used.link,
      replaced.link,
      withdrawn.link,
      `/link/${newSecret(32)}`,
      '/link/x',
      `/link/${'a'.repeat(500)}`,
    ];
    const pages = await Promise.all(links.map((link) => life.browser().get(link)));
    life.pass(7 * DAY - 1);
    expect((await life.browser().get(old.link)).status).toBe(200);
    life.pass(1);
    pages.push(await life.browser().get(old.link));
    expect(new Set(pages.map(plain)).size).toBe(1);
    expect(pages[0].status).toBe(404);
    expect(pages[0].html).toContain('This link opens nothing');
    // Using one answers like looking.
    const using = life.browser();
    await using.get('/sign-in');
    expect(plain(await using.post(old.link, CHOSEN))).toBe(plain(pages[0]));
    expect(await life.stateOf(await accountOf(old.link))).toBe('invited');
    await owner.browser.signIn(owner.email);
    await desk.browser.signIn(desk.email);
  });
});

describe('a second factor that is required', () => {
  it('follows the first sign-in of staff before anything else opens, and allows the shorter password', async () => {
    const strict = await life.beside({ staffSecondFactor: 'required' });
    try {
      const { link } = await invite();
      const browser = life.browser(strict.url);
      expect((await browser.get(link)).html).toContain('At least 8 characters');
      const answer = await browser.post(link, { ...CHOSEN, password: 'moss-kettle' });
      expect([answer.status, answer.location]).toEqual([303, '/sign-in/second-factor']);
      expect((await browser.get('/today')).location).toBe('/sign-in/second-factor');
    } finally {
      await strict.close();
    }
  });
});

describe('inviting to the portal', () => {
  it('makes accounts of their own for a client and a guardian, by whoever may change the details', async () => {
    const clientId = await life.person('client', 'Rowan Ashby');
    const guardianId = await life.guardianOf(clientId);
    const page = await desk.browser.get(`/clients/${clientId}/portal`);
    expect(page.html).toContain('Rowan Ashby');
    expect(page.html).toContain('Morgan Ashby');
    const link = linkIn(
      await desk.browser.post(`/clients/${clientId}/portal/invite`, {
        personId: clientId,
        email: 'rowan@care.example',
      }),
    );
    const browser = life.browser();
    await browser.get(link);
    expect((await browser.post(link, CHOSEN)).location).toBe('/portal');
    const own = await desk.browser.post(`/clients/${clientId}/portal/invite`, {
      personId: guardianId,
      email: 'morgan@care.example',
    });
    const [guardian] = await life.query<{ role: string; person_id: string }>(
      'SELECT role, person_id FROM core.account WHERE id = $1',
      [await accountOf(linkIn(own))],
    );
    expect(guardian).toEqual({ role: 'guardian', person_id: guardianId });
    const twice = await desk.browser.post(`/clients/${clientId}/portal/invite`, {
      personId: clientId,
      email: 'rowan.two@care.example',
    });
    expect([twice.status, twice.html.includes('They have an account already')]).toEqual([409, true]);
  });

  it('makes one account of one person, even when two invite at once', async () => {
    const clientId = await life.person('client', 'Sky Moreno');
    const second = await life.signedIn('scheduler');
    const answers = await Promise.all(
      [desk, second].map(({ browser }, at) =>
        browser.post(`/clients/${clientId}/portal/invite`, { personId: clientId, email: `sky${at}@care.example` }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('answers alike for a client who is not theirs, for none, and for a person who is not of the client', async () => {
    const clientId = await life.person('client', 'Ari Vance');
    const stranger = await life.person('client', 'Lou Vance');
    const past = await life.guardianOf(clientId, '2026-06-30');
    const clinician = await life.signedIn('clinician');
    const refused = await Promise.all([
      clinician.browser.get(`/clients/${clientId}/portal`),
      clinician.browser.get(`/clients/${newId()}/portal`),
      clinician.browser.get('/clients/nobody/portal'),
    ]);
    expect(new Set(refused.map(plain)).size).toBe(1);
    expect(refused[0].status).toBe(404);
    for (const personId of [stranger, past, desk.personId])
      expect(
        (
          await desk.browser.post(`/clients/${clientId}/portal/invite`, {
            personId,
            email: `x${newSecret(4)}@care.example`,
          })
        ).status,
      ).toBe(404);
  });
});
