import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newTotpSecret, totpCode } from '../../../src/features/access/public.js';
import { accessApp } from './support/access-app.js';
import { Browser, type Answer } from './support/browser.js';
import { Cast, minutes, PASSWORD, PROBES, signIn, type Person } from './support/cast.js';
import { newAuthenticator, withPasskey } from './support/passkeys.js';

let cast: Cast;

beforeAll(async () => {
  cast = new Cast(await accessApp({ controllers: PROBES }));
});
afterAll(async () => {
  await cast.world.close();
});

/** Somebody with a passkey and ten codes. */
async function withCodes(): Promise<{ person: Person; codes: string[] }> {
  const person = await cast.person();
  await withPasskey(person, newAuthenticator());
  return { person, codes: await renew(person.browser) };
}

async function renew(browser: Browser): Promise<string[]> {
  await browser.get('/account/recovery-codes');
  const shown = await browser.post('/account/recovery-codes', { next: '/account' });
  return (shown.json.model?.codes ?? []) as string[];
}

/** Password, then this code. */
async function enterWith(person: Person, code: string, browser = cast.browser()): Promise<Answer> {
  await signIn(browser, person.email);
  await browser.get('/sign-in/recovery-code');
  return browser.post('/sign-in/recovery-code', { recovery: code });
}

const toldTo = (id: string): unknown[] =>
  cast.world.told.flatMap(({ to, notice }) =>
    'accounts' in to && to.accounts.includes(id) && notice.kind.startsWith('recovery')
      ? [[notice.kind, notice.facts?.left]]
      : [],
  );

describe('recovery codes', () => {
  it('are ten, shown once, and stored as nothing that could be typed', async () => {
    const { person, codes } = await withCodes();
    expect(codes).toHaveLength(10);
    expect(new Set(codes).size).toBe(10);
    const [{ dump }] = await cast.world.dataSource.query<{ dump: string }[]>(
      `SELECT string_agg(r::text, ' ') AS dump FROM core.recovery_code r WHERE account_id = $1`,
      [person.id],
    );
    for (const code of codes) {
      expect(dump).not.toContain(code);
      expect(dump).not.toContain(Buffer.from(code).toString('hex'));
    }
    expect(JSON.stringify(cast.world.audit)).not.toContain(codes[0]);
    const again = await person.browser.get('/account/recovery-codes');
    expect(again.text).not.toContain(codes[0]);
    expect(again.json.model).toMatchObject({ left: 10, total: 10 });
  });

  it('sign in beside the password, whatever the case and dashes, each once; the owner is told', async () => {
    const { person, codes } = await withCodes();
    const first = await enterWith(person, codes[3].toLowerCase().replaceAll('-', ' '));
    expect([first.status, first.location]).toEqual([303, '/account?done=recovery-code']);
    const second = await enterWith(person, codes[3]);
    expect(second.status).toBe(422);
    expect(second.text).not.toContain(codes[3]);
    expect(toldTo(person.id)).toEqual([
      ['recovery-codes.renewed', undefined],
      ['recovery-code.used', 9],
    ]);
  });

  it('are of one account only, and nothing without the password', async () => {
    const [mine, theirs] = [await withCodes(), await withCodes()];
    expect((await enterWith(mine.person, theirs.codes[0])).status).toBe(422);
    const visitor = cast.browser();
    await visitor.get('/sign-in');
    const answer = await visitor.post('/sign-in/recovery-code', { recovery: mine.codes[0] });
    expect([answer.status, answer.location]).toEqual([303, '/sign-in']);
    expect((await enterWith(mine.person, mine.codes[0])).status).toBe(303);
  });

  it('count once among two processes at the same moment', async () => {
    const { person, codes } = await withCodes();
    const second = await accessApp({ url: cast.world.url, keys: cast.world.keys });
    try {
      second.clock.at = cast.world.clock.at;
      const port = (second.app.getHttpServer().address() as { port: number }).port;
      const browsers = [cast.browser(), new Browser(port, { 'x-test-ip': '192.0.2.200' })];
      for (const browser of browsers) {
        await signIn(browser, person.email);
        await browser.get('/sign-in/recovery-code');
      }
      const tries = await Promise.all(
        browsers.map((browser) => browser.post('/sign-in/recovery-code', { recovery: codes[0] })),
      );
      expect(tries.map(({ status }) => status).sort()).toEqual([303, 422]);
    } finally {
      await second.close();
    }
  });

  it('say when they run out', async () => {
    const { person, codes } = await withCodes();
    for (const code of codes.slice(0, 7)) expect((await enterWith(person, code)).status).toBe(303);
    expect(toldTo(person.id).slice(-3)).toEqual([
      ['recovery-code.used', 4],
      ['recovery-code.used', 3],
      ['recovery-codes.few', 3],
    ]);
  });

  it('end when new ones are made, which needs a fresh proof', async () => {
    const { person, codes } = await withCodes();
    const fresh = await renew(person.browser);
    expect((await enterWith(person, codes[0])).status).toBe(422);
    expect((await enterWith(person, fresh[0])).status).toBe(303);
    cast.pass(minutes(6));
    await person.browser.get('/account/recovery-codes');
    expect((await person.browser.post('/account/recovery-codes')).status).toBe(403);
    expect((await enterWith(person, fresh[1])).status).toBe(303);
  });

  it('come as a file only while they are the account’s own and unused', async () => {
    const [{ person, codes }, other] = [await withCodes(), await withCodes()];
    const file = await person.browser.post('/account/recovery-codes/file', { codes: codes.join(' ') });
    expect(file.text).toBe(`${codes.join('\n')}\n`);
    expect(file.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(file.headers.get('cache-control')).toBe('no-store');
    expect(file.headers.get('content-disposition')).toContain('attachment');
    for (const text of [other.codes.join(' '), 'hello', ''])
      expect((await person.browser.post('/account/recovery-codes/file', { codes: text })).status).toBe(404);
  });

  it('are slowed down like codes of the app', async () => {
    const { person, codes } = await withCodes();
    const browser = cast.browser();
    await signIn(browser, person.email);
    await browser.get('/sign-in/recovery-code');
    let last = 0;
    for (let index = 0; index < 14; index++)
      last = (await browser.post('/sign-in/recovery-code', { recovery: 'AAAA-AAAA-AAAA-AAAA-AAAA-AAAA' })).status;
    expect(last).toBe(429);
    expect((await browser.post('/sign-in/recovery-code', { recovery: codes[0] })).status).toBe(429);
  });

  it('stand in for a code of the app when one confirms who one is, beside the password', async () => {
    const secret = newTotpSecret();
    const { email, browser } = await cast.person({ totpSecret: secret });
    await signIn(browser, email);
    await browser.get('/sign-in/code');
    await browser.post('/sign-in/code', { code: totpCode(secret, cast.world.clock.at) });
    const codes = await renew(browser);
    cast.pass(minutes(6));
    const confirm = async (password: string, code: string): Promise<number> => {
      await browser.get('/account/again');
      return (await browser.post('/account/again', { password, code })).status;
    };
    expect(await confirm('not the password', codes[0])).toBe(422);
    expect(await confirm(PASSWORD, 'AAAA-AAAA-AAAA-AAAA-AAAA-AAAA')).toBe(422);
    expect(await confirm(PASSWORD, codes[0])).toBe(303);
    expect((await browser.get('/account/passkeys/new')).status).toBe(200);
    expect(await confirm(PASSWORD, codes[0])).toBe(422);
  });
});
