import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { DataSource } from 'typeorm';
import { AccountService, newTotpSecret, totpCode } from '../../../src/features/access/public.js';
import { systemPrincipal } from '../../../src/platform/access/principal.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { Authenticator } from '../../support/authenticator.js';
import { pluginRoot, removeRoots } from '../kernel/support.js';
import { Browser, type Answer } from './support/browser.js';
import { PASSWORD, signIn } from './support/cast.js';
import { options } from './support/passkeys.js';

const AGAIN = '/account/again';
const CODES = '/account/recovery-codes';
let booted: BootedApp;
let people = 0;

beforeAll(async () => {
  booted = await bootApp({
    // A name, so that browsers would make passkeys for it.
    env: { ALCOVE_HOST: 'localhost' },
    kernel: { pluginRoots: [pluginRoot(['fresh-form'])], enabledByDefault: ['fresh-form'] },
  });
});
afterAll(async () => {
  await booted.close();
  removeRoots();
});

interface Person {
  readonly id: string;
  readonly email: string;
  readonly browser: Browser;
}

/** Somebody who is signed in, with a proof that is too old. */
async function person(totpSecret?: string): Promise<Person> {
  const email = `person${++people}@care.example`;
  const id = await booted.app.get(AccountService, { strict: false }).create(systemPrincipal('test'), {
    role: 'clinician',
    email,
    password: PASSWORD,
    personId: null,
    timeZone: 'UTC',
    totpSecret,
  });
  const browser = new Browser(Number(new URL(booted.url).port), {}, booted.url);
  await signIn(browser, email);
  if (totpSecret) {
    await browser.get('/sign-in/code');
    await browser.post('/sign-in/code', { code: totpCode(totpSecret, new Date()) });
  }
  await browser.get('/account');
  await age(id);
  return { id, email, browser };
}

const sql = <T>(text: string, values: unknown[]): Promise<T[]> => booted.app.get(DataSource).query<T[]>(text, values);
const age = (id: string): Promise<unknown> =>
  sql(`UPDATE core.session SET proved_at = proved_at - interval '6 minutes' WHERE account_id = $1`, [id]);
/** Value of a hidden field, as a browser reads it. */
const hidden = (html: string, name: string): string =>
  (new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? '')
    .replaceAll('&quot;', '"')
    .replaceAll('&#x27;', "'")
    .replaceAll('&#x3D;', '=')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
const text = (answer: Answer): string => answer.text.replaceAll(/\s+/g, ' ');

describe('proving again', () => {
  it('a page that needs it leads there and back, with a new session id and the same end of the day', async () => {
    const { id, browser } = await person();
    const led = await browser.get('/account/passkeys/new');
    expect([led.status, led.location]).toEqual([303, '/account/again?next=%2Faccount%2Fpasskeys%2Fnew']);
    const asked = await browser.get(led.location ?? '');
    expect(asked.status).toBe(200);
    const session = `SELECT absolute_until AS end, ref, encode(id_hash, 'hex') AS hash FROM core.session WHERE account_id = $1`;
    const [before] = await sql<{ end: Date; ref: string; hash: string }>(session, [id]);
    const cookie = browser.jar.get('sid');
    const done = await browser.post(AGAIN, { next: '/account/passkeys/new', password: PASSWORD });
    expect([done.status, done.location]).toEqual([303, '/account/passkeys/new']);
    expect(browser.jar.get('sid')).not.toBe(cookie);
    const after = await sql<{ end: Date; ref: string; hash: string }>(session, [id]);
    // The same session under another id: a call in another tab and the forms there go on, the old cookie does not.
    expect(after.map(({ end, ref }) => [end, ref])).toEqual([[before.end, before.ref]]);
    expect(after[0].hash).not.toBe(before.hash);
    expect((await browser.get('/account/passkeys/new')).status).toBe(200);
  });

  it('asks for a code as well when codes are on, each once', async () => {
    const secret = newTotpSecret();
    const { browser } = await person(secret);
    await browser.get(AGAIN);
    const without = await browser.post(AGAIN, { password: PASSWORD });
    expect([without.status, text(without)]).toEqual([422, expect.stringContaining('This code does not count')]);
    const used = await browser.post(AGAIN, { password: PASSWORD, code: totpCode(secret, new Date()) });
    // The code of this half minute signed this person in already.
    expect(used.status).toBe(422);
    const next = totpCode(secret, new Date(Date.now() + 30_000));
    expect((await browser.post(AGAIN, { password: PASSWORD, code: next })).status).toBe(303);
  });

  it('refuses a wrong password, then slows down; nothing typed comes back', async () => {
    const { browser } = await person();
    await browser.get(AGAIN);
    const wrong = await browser.post(AGAIN, { password: 'not my password at all' });
    expect(wrong.status).toBe(422);
    expect(wrong.text).not.toContain('not my password at all');
    expect((await browser.post(AGAIN, {})).status).toBe(422);
    let last = wrong;
    for (let index = 0; index < 14 && last.status !== 429; index++)
      last = await browser.post(AGAIN, { password: 'not my password at all' });
    expect(last.status).toBe(429);
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await browser.get('/account/passkeys/new')).status).toBe(303);
  });

  it('by passkey, of this account only', async () => {
    const [mine, theirs] = [await person(), await person()];
    const [key, other] = [new Authenticator(booted.url), new Authenticator(booted.url)];
    for (const [one, made] of [
      [mine, key],
      [theirs, other],
    ] as const) {
      await one.browser.get(AGAIN);
      await one.browser.post(AGAIN, { password: PASSWORD });
      await one.browser.get('/account/passkeys/new');
      const asked = await options<PublicKeyCredentialCreationOptionsJSON>(one.browser, '/account/passkeys/options');
      const added = await one.browser.post('/account/passkeys', { answer: JSON.stringify(made.create(asked)) });
      expect(added.status).toBe(303);
      await age(one.id);
    }
    const prove = async (made: Authenticator): Promise<number> => {
      await mine.browser.get(AGAIN);
      const asked = await options<PublicKeyCredentialRequestOptionsJSON>(mine.browser, `${AGAIN}/options`);
      return (await mine.browser.post(AGAIN, { answer: JSON.stringify(made.get(asked)) })).status;
    };
    expect(await prove(other)).toBe(422);
    expect((await mine.browser.get('/account/passkeys/new')).status).toBe(303);
    expect(await prove(key)).toBe(303);
    expect((await mine.browser.get('/account/passkeys/new')).status).toBe(200);
  });

  it('goes on to pages of this site only', async () => {
    const { browser } = await person();
    for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example', '/account/again']) {
      await browser.get(AGAIN);
      expect((await browser.post(AGAIN, { next, password: PASSWORD })).location).toBe('/today');
    }
  });
});

describe('a form that was sent too late', () => {
  it('waits, secrets left out, and is sent again with one press', async () => {
    const { id, browser } = await person();
    await browser.get(CODES);
    const asked = await browser.post(CODES, {
      next: '/account?x="<b>&1',
      password: 'typed by mistake',
      code: '123456',
    });
    expect(asked.status).toBe(403);
    expect(text(asked)).toContain('Confirm it is you');
    expect(asked.text).not.toContain('typed by mistake');
    const carry = hidden(asked.text, 'carry');
    expect(JSON.parse(carry)).toEqual({ action: CODES, fields: [{ name: 'next', value: '/account?x="<b>&1' }] });
    expect(await codesOf(id)).toBe(0);

    const wrong = await browser.post(AGAIN, { carry, password: 'not my password at all' });
    expect([wrong.status, hidden(wrong.text, 'carry')]).toEqual([422, carry]);
    const ready = await browser.post(AGAIN, { carry, password: PASSWORD });
    expect(ready.status).toBe(200);
    expect(text(ready)).toContain(`method="post" action="${CODES}"`);
    expect(hidden(ready.text, 'next')).toBe('/account?x="<b>&1');
    expect(await codesOf(id)).toBe(0);
    // The token of that page belongs to the new session, so the one press is enough.
    const sent = await browser.post(CODES, { next: '/account' });
    expect(sent.status).toBe(200);
    expect(await codesOf(id)).toBe(10);
  });

  it('of a plugin waits as well', async () => {
    const { browser } = await person();
    const form = { amount: '12', note: 'kept "as it is"', password: 'x' };
    const asked = await browser.post('/p/fresh-form/send', form);
    expect(asked.status).toBe(403);
    const carry = hidden(asked.text, 'carry');
    const ready = await browser.post(AGAIN, { carry, password: PASSWORD });
    expect(text(ready)).toContain('action="/p/fresh-form/send"');
    expect(hidden(ready.text, 'note')).toBe('kept "as it is"');
    const sent = await browser.post('/p/fresh-form/send', { amount: '12', note: 'kept "as it is"' });
    expect(sent.json).toMatchObject({ received: { amount: '12', note: 'kept "as it is"' } });
  });

  it('is never sent to another site, and never by the question itself', async () => {
    const { browser } = await person();
    for (const action of ['https://evil.example/', '//evil.example', 'javascript:alert(1)', AGAIN]) {
      await browser.get(AGAIN);
      const carry = JSON.stringify({ action, fields: [] });
      const answer = await browser.post(AGAIN, { carry, password: PASSWORD });
      expect([answer.status, answer.location]).toEqual([303, '/today']);
    }
  });

  it('tells scripts where to go, and nobody who is not signed in', async () => {
    const { browser } = await person();
    const byHtmx = await browser.post(CODES, {}, { 'hx-request': 'true', 'hx-current-url': `${booted.url}/account` });
    expect([byHtmx.status, byHtmx.headers.get('hx-redirect')]).toEqual([403, '/account/again?next=%2Faccount']);
    const byFetch = await browser.post(CODES, {}, { accept: 'application/json' });
    expect(byFetch.json.code).toBe('access.prove-again');
    const visitor = new Browser(Number(new URL(booted.url).port), {}, booted.url);
    await visitor.get('/sign-in');
    expect((await visitor.post(CODES)).status).toBe(401);
    expect((await visitor.post(AGAIN, { password: PASSWORD })).status).toBe(401);
  });

  it('needs its token like any other', async () => {
    const { browser } = await person();
    const answer = await browser.post(AGAIN, { password: PASSWORD, _csrf: 'forged' });
    expect(answer.status).toBe(403);
    expect((await browser.get('/account/passkeys/new')).status).toBe(303);
  });
});

async function codesOf(accountId: string): Promise<number> {
  const [row] = await sql<{ n: number }>(`SELECT count(*)::int AS n FROM core.recovery_code WHERE account_id = $1`, [
    accountId,
  ]);
  return row.n;
}
