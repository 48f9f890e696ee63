import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountService, newTotpSecret, totpCode } from '../../../src/features/access/public.js';
import { systemPrincipal } from '../../../src/platform/access/principal.js';
import { accessApp } from './support/access-app.js';
import { Browser } from './support/browser.js';
import { Cast, minutes, PASSWORD, PROBES, signIn } from './support/cast.js';

let cast: Cast;

beforeAll(async () => {
  cast = new Cast(await accessApp({ controllers: PROBES }));
});
afterAll(async () => {
  await cast.world.close();
});

describe('signing in', () => {
  it('takes email (any case) and password and leads to the first page of the role', async () => {
    const { email, browser } = await cast.person();
    const answer = await signIn(browser, email.toUpperCase());
    expect([answer.status, answer.location]).toEqual([303, '/today']);
    expect((await browser.get('/probe/day')).status).toBe(200);
    expect(cast.world.audit.map(({ entry }) => entry.action)).toContain('session.start');
  });

  it.each([
    ['client', '/portal'],
    ['it-admin', '/admin'],
    ['owner', '/today'],
  ] as const)('leads %s to %s', async (role, home) => {
    const { email, browser } = await cast.person({ role });
    expect((await signIn(browser, email)).location).toBe(home);
  });

  it('goes on to where the person wanted to go, and nowhere else', async () => {
    const { email, browser } = await cast.person();
    expect((await signIn(browser, email, PASSWORD, '/probe/day?x=1')).location).toBe('/probe/day?x=1');
    const again = await cast.person();
    expect((await signIn(again.browser, again.email, PASSWORD, '//evil.example')).location).toBe('/today');
  });

  it('answers unknown address, wrong password and suspended account alike, byte for byte', async () => {
    const { email, id } = await cast.person();
    const boss = await cast.person({ role: 'owner' });
    await cast.world.app
      .get(AccountService)
      .suspend({ kind: 'user', id: boss.id, role: 'owner', permissions: new Set(['staff:manage']) }, id);
    const cases = [
      [email, PASSWORD],
      [(await cast.person()).email, 'not the password at all'],
      ['nobody@care.example', PASSWORD],
    ];
    const answers = [];
    for (const [address, password] of cases) {
      const answer = await signIn(cast.browser(), address, password);
      answers.push({ status: answer.status, model: JSON.stringify(answer.json.model).replace(address, 'ADDRESS') });
    }
    expect(answers[0].status).toBe(422);
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('keeps what was typed except the password', async () => {
    const { browser } = await cast.person();
    const answer = await signIn(browser, 'nobody@care.example', 'a secret that must not come back');
    expect(answer.json.model?.values).toEqual({ email: 'nobody@care.example' });
    expect(answer.text).not.toContain('must not come back');
  });

  it('treats the password as bytes: no trimming, no truncation', async () => {
    const email = `spaces${cast.next()}@care.example`;
    const long = ` ${'long words and spaces '.repeat(11)}`;
    await cast.world.app
      .get(AccountService)
      .create(systemPrincipal('test'), { role: 'client', email, password: long, personId: null, timeZone: 'UTC' });
    expect((await signIn(cast.browser(), email, long.trim())).status).toBe(422);
    expect((await signIn(cast.browser(), email, long.slice(0, 128))).status).toBe(422);
    expect((await signIn(cast.browser(), email, long)).status).toBe(303);
  });

  it('refuses objects and lists where texts belong', async () => {
    const { browser, email } = await cast.person();
    await browser.get('/sign-in');
    const token = browser.jar.get('csrf') ?? '';
    for (const body of [
      { email: { $ne: '' }, password: PASSWORD },
      { email, password: [PASSWORD] },
      { email: [email], password: PASSWORD },
    ]) {
      const answer = await fetch(`http://127.0.0.1:${cast.port}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/json', 'x-csrf-token': token, cookie: `csrf=${token}` },
        body: JSON.stringify(body),
      });
      expect(answer.status).toBe(422);
    }
  });

  it('slows guessing down after six failures, says how long, and does not tell whether the account exists', async () => {
    const { email } = await cast.person();
    for (const address of [email, 'ghost@care.example']) {
      const statuses = [];
      let last;
      for (let index = 0; index < 8; index++) {
        last = await signIn(
          new Browser(cast.port, { 'x-test-ip': `198.51.100.${cast.next() % 250}` }),
          address,
          'a wrong password here',
        );
        statuses.push(last.status);
      }
      expect(statuses).toEqual([...Array<number>(6).fill(422), 429, 429]);
      expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(last?.json.template).toBe('access/slow-down');
      cast.next();
    }
  });

  it('gives no session row and no session cookie to visitors', async () => {
    const before = await count('core.session');
    const browser = cast.browser();
    await browser.get('/sign-in');
    await browser.get('/probe/open');
    expect(browser.jar.has('sid')).toBe(false);
    expect(await count('core.session')).toBe(before);
  });
});

async function count(table: 'core.session'): Promise<number> {
  const [row] = await cast.world.dataSource.query<{ n: number }[]>(`SELECT count(*)::int AS n FROM ${table}`);
  return row.n;
}

describe('the second factor', () => {
  it('opens nothing but the code page and signing out until the code is there', async () => {
    const secret = newTotpSecret();
    const { email, browser } = await cast.person({ totpSecret: secret });
    const half = await signIn(browser, email);
    expect(half.location).toBe('/sign-in/code');
    expect((await browser.get('/probe/day')).location).toBe('/sign-in/code');
    expect((await browser.get('/account')).location).toBe('/sign-in/code');
    expect((await browser.get('/probe/poll', { accept: 'application/json' })).status).toBe(401);
    expect((await browser.get('/sign-in/code')).json.template).toBe('access/code');
    expect((await browser.post('/sign-in/code', { code: '000000' })).status).toBe(422);
    const cookieBefore = browser.jar.get('sid');
    const full = await browser.post('/sign-in/code', { code: totpCode(secret, cast.world.clock.at) });
    expect([full.status, full.location]).toEqual([303, '/today']);
    expect(browser.jar.get('sid')).not.toBe(cookieBefore);
    expect((await browser.get('/probe/day')).status).toBe(200);
  });

  it('takes a code once, also when it arrives at two processes at the same time', async () => {
    const secret = newTotpSecret();
    const { email } = await cast.person({ totpSecret: secret });
    const other = await accessApp({ url: cast.world.url, keys: cast.world.keys, controllers: PROBES });
    other.clock.at = cast.world.clock.at;
    const otherPort = (other.app.getHttpServer().address() as { port: number }).port;
    const browsers = [cast.browser(), new Browser(otherPort, { 'x-test-ip': '203.0.113.4' })];
    for (const browser of browsers) {
      expect((await signIn(browser, email)).location).toBe('/sign-in/code');
      await browser.get('/sign-in/code');
    }
    const code = totpCode(secret, cast.world.clock.at);
    const answers = await Promise.all(browsers.map((browser) => browser.post('/sign-in/code', { code })));
    expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([303, 422]);
    cast.pass(30_000);
    await other.close();
  });

  it('gives up after six wrong codes for a while', async () => {
    const { email, browser } = await cast.person({ totpSecret: newTotpSecret() });
    await signIn(browser, email);
    await browser.get('/sign-in/code');
    const statuses = [];
    for (let index = 0; index < 7; index++)
      statuses.push((await browser.post('/sign-in/code', { code: `00000${index % 10}` })).status);
    expect(statuses.at(-1)).toBe(429);
  });

  it('ends the half-open door after ten minutes', async () => {
    const secret = newTotpSecret();
    const { email, browser } = await cast.person({ totpSecret: secret });
    await signIn(browser, email);
    await browser.get('/sign-in/code');
    cast.pass(minutes(11));
    await browser.get('/sign-in');
    expect((await browser.post('/sign-in/code', { code: totpCode(secret, cast.world.clock.at) })).location).toBe(
      '/sign-in',
    );
  });
});
