import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Post } from '@nestjs/common';
import { Access, BackgroundAccess, Public } from '@alcove/sdk';
import { AccountService, newTotpSecret, totpCode } from '../../../src/features/access/public.js';
import { systemPrincipal } from '../../../src/platform/access/principal.js';
import { newId } from '../../../src/platform/ids.js';
import { accessApp, type AccessApp } from './support/access-app.js';
import { Browser } from './support/browser.js';

@Controller('probe')
class ProbeController {
  @Get('day') @Access('day:read') day(): { ok: boolean } {
    return { ok: true };
  }
  @Post('day') @Access('day:read') change(): { ok: boolean } {
    return { ok: true };
  }
  @Get('poll') @BackgroundAccess('account:self') poll(): { ok: boolean } {
    return { ok: true };
  }
  @Get('open') @Public('a test') open(): { ok: boolean } {
    return { ok: true };
  }
}

const PASSWORD = 'quiet river lantern';
const minutes = (count: number): number => count * 60_000;

let world: AccessApp;
let port: number;
let accounts: AccountService;
const who = systemPrincipal('test');

beforeAll(async () => {
  world = await accessApp({ controllers: [ProbeController] });
  port = (world.app.getHttpServer().address() as { port: number }).port;
  accounts = world.app.get(AccountService);
});
afterAll(async () => {
  await world.close();
});
beforeEach(() => {
  world.audit.length = 0;
});

let nth = 0;
/** A new account and a browser with an address of its own. */
async function person(
  options: { role?: 'clinician' | 'client' | 'it-admin' | 'owner'; totpSecret?: string } = {},
): Promise<{ id: string; email: string; browser: Browser }> {
  nth += 1;
  const email = `person${nth}@care.example`;
  const id = await accounts.create(who, {
    role: options.role ?? 'clinician',
    email,
    password: PASSWORD,
    personId: newId(),
    timeZone: 'America/Los_Angeles',
    totpSecret: options.totpSecret,
  });
  return { id, email, browser: browserAt(nth) };
}
const browserAt = (n: number): Browser => new Browser(port, { 'x-test-ip': `192.0.2.${n % 250}` });

async function signIn(
  browser: Browser,
  email: string,
  password = PASSWORD,
  next = '',
): Promise<Awaited<ReturnType<Browser['post']>>> {
  await browser.get('/sign-in');
  return browser.post('/sign-in', { email, password, ...(next && { next }) });
}
async function renewed(browser: Browser): Promise<void> {
  await browser.get('/account');
}

describe('signing in', () => {
  it('takes email (any case) and password and leads to the first page of the role', async () => {
    const { email, browser } = await person();
    const answer = await signIn(browser, email.toUpperCase());
    expect([answer.status, answer.location]).toEqual([303, '/today']);
    expect((await browser.get('/probe/day')).status).toBe(200);
    expect(world.audit.map(({ entry }) => entry.action)).toContain('session.start');
  });

  it.each([
    ['client', '/portal'],
    ['it-admin', '/admin'],
    ['owner', '/today'],
  ] as const)('leads %s to %s', async (role, home) => {
    const { email, browser } = await person({ role });
    expect((await signIn(browser, email)).location).toBe(home);
  });

  it('goes on to where the person wanted to go, and nowhere else', async () => {
    const { email, browser } = await person();
    expect((await signIn(browser, email, PASSWORD, '/probe/day?x=1')).location).toBe('/probe/day?x=1');
    const again = await person();
    expect((await signIn(again.browser, again.email, PASSWORD, '//evil.example')).location).toBe('/today');
  });

  it('answers unknown address, wrong password and suspended account alike, byte for byte', async () => {
    const { email, id } = await person();
    const boss = await person({ role: 'owner' });
    await accounts.suspend({ kind: 'user', id: boss.id, role: 'owner', permissions: new Set(['staff:manage']) }, id);
    const cases = [
      [email, PASSWORD],
      [(await person()).email, 'not the password at all'],
      ['nobody@care.example', PASSWORD],
    ];
    const answers = [];
    for (const [address, password] of cases) {
      const answer = await signIn(browserAt(++nth), address, password);
      answers.push({ status: answer.status, model: JSON.stringify(answer.json.model).replace(address, 'ADDRESS') });
    }
    expect(answers[0].status).toBe(422);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('keeps what was typed except the password', async () => {
    const { browser } = await person();
    const answer = await signIn(browser, 'nobody@care.example', 'a secret that must not come back');
    expect(answer.json.model?.values).toEqual({ email: 'nobody@care.example' });
    expect(answer.text).not.toContain('must not come back');
  });

  it('treats the password as bytes: no trimming, no truncation', async () => {
    const email = `spaces${++nth}@care.example`;
    const long = ` ${'long words and spaces '.repeat(11)}`;
    await accounts.create(who, { role: 'client', email, password: long, personId: null, timeZone: 'UTC' });
    expect((await signIn(browserAt(nth), email, long.trim())).status).toBe(422);
    expect((await signIn(browserAt(nth), email, long.slice(0, 128))).status).toBe(422);
    expect((await signIn(browserAt(nth), email, long)).status).toBe(303);
  });

  it('refuses objects and lists where texts belong', async () => {
    const { browser, email } = await person();
    await browser.get('/sign-in');
    const token = browser.jar.get('csrf') ?? '';
    for (const body of [
      { email: { $ne: '' }, password: PASSWORD },
      { email, password: [PASSWORD] },
      { email: [email], password: PASSWORD },
    ]) {
      const answer = await fetch(`http://127.0.0.1:${port}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/json', 'x-csrf-token': token, cookie: `csrf=${token}` },
        body: JSON.stringify(body),
      });
      expect(answer.status).toBe(422);
    }
  });

  it('slows guessing down after ten failures, says how long, and does not tell whether the account exists', async () => {
    const { email } = await person();
    for (const address of [email, 'ghost@care.example']) {
      const statuses = [];
      let last;
      for (let index = 0; index < 12; index++) {
        last = await signIn(
          new Browser(port, { 'x-test-ip': `198.51.100.${nth * 20 + index}` }),
          address,
          'a wrong password here',
        );
        statuses.push(last.status);
      }
      expect(statuses).toEqual([...Array<number>(10).fill(422), 429, 429]);
      expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(last?.json.template).toBe('access/slow-down');
      nth += 1;
    }
  });

  it('gives no session row and no session cookie to visitors', async () => {
    const before = await count('core.session');
    const browser = browserAt(++nth);
    await browser.get('/sign-in');
    await browser.get('/probe/open');
    expect(browser.jar.has('sid')).toBe(false);
    expect(await count('core.session')).toBe(before);
  });
});

const count = async (table: 'core.session'): Promise<number> =>
  Number(((await world.dataSource.query(`SELECT count(*) AS n FROM ${table}`)) as { n: string }[])[0].n);

describe('the second factor', () => {
  it('opens nothing but the code page and signing out until the code is there', async () => {
    const secret = newTotpSecret();
    const { email, browser } = await person({ totpSecret: secret });
    const half = await signIn(browser, email);
    expect(half.location).toBe('/sign-in/code');
    expect((await browser.get('/probe/day')).location).toBe('/sign-in/code');
    expect((await browser.get('/account')).location).toBe('/sign-in/code');
    expect((await browser.get('/probe/poll', { accept: 'application/json' })).status).toBe(401);
    expect((await browser.get('/sign-in/code')).json.template).toBe('access/code');
    expect((await browser.post('/sign-in/code', { code: '000000' })).status).toBe(422);
    const cookieBefore = browser.jar.get('sid');
    const full = await browser.post('/sign-in/code', { code: totpCode(secret, world.clock.at) });
    expect([full.status, full.location]).toEqual([303, '/today']);
    expect(browser.jar.get('sid')).not.toBe(cookieBefore);
    expect((await browser.get('/probe/day')).status).toBe(200);
  });

  it('takes a code once, also when it arrives at two processes at the same time', async () => {
    const secret = newTotpSecret();
    const { email } = await person({ totpSecret: secret });
    const other = await accessApp({ url: world.url, keys: world.keys, controllers: [ProbeController] });
    other.clock.at = world.clock.at;
    const otherPort = (other.app.getHttpServer().address() as { port: number }).port;
    const browsers = [browserAt(++nth), new Browser(otherPort, { 'x-test-ip': '203.0.113.4' })];
    for (const browser of browsers) {
      expect((await signIn(browser, email)).location).toBe('/sign-in/code');
      await browser.get('/sign-in/code');
    }
    const code = totpCode(secret, world.clock.at);
    const answers = await Promise.all(browsers.map((browser) => browser.post('/sign-in/code', { code })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([303, 422]);
    world.clock.at = new Date(world.clock.at.getTime() + 30_000);
    await other.close();
  });

  it('gives up after ten wrong codes for a while', async () => {
    const { email, browser } = await person({ totpSecret: newTotpSecret() });
    await signIn(browser, email);
    await browser.get('/sign-in/code');
    const statuses = [];
    for (let index = 0; index < 11; index++)
      statuses.push((await browser.post('/sign-in/code', { code: `00000${index % 10}` })).status);
    expect(statuses.at(-1)).toBe(429);
  });

  it('ends the half-open door after ten minutes', async () => {
    const secret = newTotpSecret();
    const { email, browser } = await person({ totpSecret: secret });
    await signIn(browser, email);
    await browser.get('/sign-in/code');
    world.clock.at = new Date(world.clock.at.getTime() + minutes(11));
    await browser.get('/sign-in');
    expect((await browser.post('/sign-in/code', { code: totpCode(secret, world.clock.at) })).location).toBe('/sign-in');
  });
});

describe('sessions', () => {
  it('get a new id at sign-in, whatever the browser brought (fixation)', async () => {
    const attacker = await person({ totpSecret: newTotpSecret() });
    await signIn(attacker.browser, attacker.email);
    const planted = attacker.browser.jar.get('sid') ?? '';
    const { email, browser } = await person();
    browser.jar.set('sid', planted);
    expect((await signIn(browser, email)).location).toBe('/today');
    expect(browser.jar.get('sid')).not.toBe(planted);
    expect((await browser.get('/probe/day')).status).toBe(200);
    expect((await attacker.browser.get('/probe/day')).status).toBe(303);
  });

  it('are stored only as a hash', async () => {
    const { email, browser } = await person();
    await signIn(browser, email);
    const id = decodeURIComponent(browser.jar.get('sid') ?? '')
      .slice(2)
      .split('.')[0];
    const dump = JSON.stringify(
      await world.dataSource.query('SELECT *, encode(id_hash, $1) AS hex FROM core.session', ['escape']),
    );
    expect(id.length).toBeGreaterThanOrEqual(43);
    expect(dump).not.toContain(id);
  });

  it('cost one statement per request, and one more at most once a minute', async () => {
    const { email, browser } = await person();
    await signIn(browser, email);
    await browser.get('/probe/day');
    world.statements.length = 0;
    for (let index = 0; index < 5; index++) await browser.get('/probe/day');
    expect(world.statements).toEqual(Array<string>(5).fill('access.session'));
    world.clock.at = new Date(world.clock.at.getTime() + minutes(1));
    world.statements.length = 0;
    await browser.get('/probe/day');
    await browser.get('/probe/day');
    expect(world.statements).toEqual(['access.session', 'access.session-touch', 'access.session']);
    world.statements.length = 0;
    await browserAt(++nth).get('/probe/open');
    expect(world.statements).toEqual([]);
  });

  it('end for staff after 15 quiet minutes, and polling is no activity', async () => {
    const { email, browser } = await person();
    await signIn(browser, email);
    for (let index = 0; index < 7; index++) {
      world.clock.at = new Date(world.clock.at.getTime() + minutes(2));
      expect((await browser.get('/probe/poll')).status).toBe(200);
    }
    world.clock.at = new Date(world.clock.at.getTime() + minutes(1) + 1);
    const answer = await browser.get('/probe/poll');
    expect([answer.status, answer.location]).toEqual([303, '/sign-in?next=%2Fprobe%2Fpoll']);
  });

  it('live on while the person works, and end after twelve hours all the same', async () => {
    const { email, browser } = await person();
    await signIn(browser, email);
    for (let index = 0; index < 72; index++) {
      world.clock.at = new Date(world.clock.at.getTime() + minutes(10));
      if (index < 71) expect((await browser.get('/probe/day')).status).toBe(200);
    }
    expect((await browser.get('/probe/day')).status).toBe(303);
  });

  it('of clients live 30 quiet minutes', async () => {
    const { email, browser } = await person({ role: 'client' });
    await signIn(browser, email);
    world.clock.at = new Date(world.clock.at.getTime() + minutes(29));
    expect((await browser.get('/probe/poll')).status).toBe(200);
    world.clock.at = new Date(world.clock.at.getTime() + minutes(1));
    expect((await browser.get('/probe/poll')).status).toBe(303);
  });

  it('can be listed and ended one by one; other people’s are unknown', async () => {
    const { email, browser } = await person();
    const phone = browserAt(++nth);
    await signIn(browser, email);
    await signIn(phone, email);
    const stranger = await person();
    await signIn(stranger.browser, stranger.email);
    const sessions = (await browser.get('/account')).json.model?.sessions as { ref: string; current: boolean }[];
    expect(sessions).toHaveLength(2);
    const phoneRef = sessions.find((session) => !session.current)?.ref ?? '';
    await renewed(stranger.browser);
    expect((await stranger.browser.post(`/account/sessions/${phoneRef}/end`)).status).toBe(404);
    expect((await stranger.browser.post('/account/sessions/not-an-id/end')).status).toBe(404);
    expect((await phone.get('/probe/day')).status).toBe(200);
    expect((await browser.post(`/account/sessions/${phoneRef}/end`)).status).toBe(303);
    expect((await phone.get('/probe/day')).status).toBe(303);
    expect((await browser.get('/probe/day')).status).toBe(200);
  });

  it('end at the next request when the account is suspended, and change with the role', async () => {
    const owner = {
      kind: 'user' as const,
      id: newId(),
      role: 'owner' as const,
      permissions: new Set(['staff:manage']),
    };
    const { id, email, browser } = await person();
    await signIn(browser, email);
    await accounts.changeRole(owner, id, 'biller');
    expect((await browser.get('/probe/day')).status).toBe(404);
    await accounts.changeRole(owner, id, 'scheduler');
    expect((await browser.get('/probe/day')).status).toBe(200);
    await accounts.suspend(owner, id);
    expect((await browser.get('/probe/day')).status).toBe(303);
    expect((await signIn(browser, email)).status).toBe(422);
    await accounts.restore(owner, id);
    expect((await signIn(browser, email)).status).toBe(303);
  });

  it('end with signing out, here and in the browser', async () => {
    const { email, browser } = await person();
    await signIn(browser, email);
    const stolen = new Browser(port);
    for (const [name, value] of browser.jar) stolen.jar.set(name, value);
    await renewed(browser);
    expect((await browser.post('/sign-out')).location).toBe('/sign-in');
    expect((await stolen.get('/probe/day')).status).toBe(303);
  });

  it('answer 503, not "signed out", while the database is away', async () => {
    const lonely = await accessApp({ controllers: [ProbeController] });
    const lonelyPort = (lonely.app.getHttpServer().address() as { port: number }).port;
    const browser = new Browser(lonelyPort);
    await lonely.app
      .get(AccountService)
      .create(who, { role: 'owner', email: 'o@care.example', password: PASSWORD, personId: null, timeZone: 'UTC' });
    await signIn(browser, 'o@care.example');
    await lonely.dataSource.destroy();
    expect((await browser.get('/probe/day')).status).toBe(503);
    await lonely.close();
  });
});

describe('the guard', () => {
  it('takes visitors of a page to the sign-in and back, and tells everything else 401', async () => {
    const browser = browserAt(++nth);
    expect((await browser.get('/probe/day?day=2026-11-24')).location).toBe(
      '/sign-in?next=%2Fprobe%2Fday%3Fday%3D2026-11-24',
    );
    expect((await browser.get('/probe/day', { accept: 'application/json' })).status).toBe(401);
    await browser.get('/sign-in');
    expect((await browser.post('/probe/day')).status).toBe(401);
    const fragment = await browser.get('/probe/day', { 'hx-request': 'true' });
    expect([fragment.status, fragment.headers.get('hx-redirect')]).toEqual([401, '/sign-in?next=%2Fprobe%2Fday']);
  });

  it('answers forbidden like unknown, and writes the refusal down', async () => {
    const { email, browser } = await person({ role: 'client' });
    await signIn(browser, email);
    const forbidden = await browser.get('/probe/day');
    const unknown = await browser.get('/probe/there-is-no-such-page');
    expect([forbidden.status, unknown.status]).toEqual([404, 404]);
    expect(forbidden.text).toBe(unknown.text);
    const refused = world.audit.filter(({ entry }) => entry.action === 'route.refuse');
    expect(refused.map(({ who: actor, entry }) => [actor.role, entry.outcome, entry.object])).toEqual([
      ['client', 'refused', 'route:GET ProbeController.day'],
    ]);
  });
});
