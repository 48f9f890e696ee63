import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import type { Role } from '../../../src/platform/access/principal.js';
import type { Lies } from '../../support/authenticator.js';
import { accessApp } from './support/access-app.js';
import { Browser } from './support/browser.js';
import { Cast, minutes, PROBES, signIn } from './support/cast.js';
import { addPasskey, enter, newAuthenticator, options, withPasskey } from './support/passkeys.js';

let cast: Cast;

beforeAll(async () => {
  cast = new Cast(await accessApp({ controllers: PROBES }));
});
afterAll(async () => {
  await cast.world.close();
});

const actions = (): string[] => cast.world.audit.map(({ entry }) => `${entry.action} ${entry.outcome ?? 'ok'}`);
const toldTo = (id: string): string[] =>
  cast.world.told.flatMap(({ to, notice }) => ('accounts' in to && to.accounts.includes(id) ? [notice.kind] : []));

describe('adding a passkey', () => {
  it('stores it, tells the owner, and leads to recovery codes', async () => {
    const person = await cast.person();
    await signIn(person.browser, person.email);
    const added = await addPasskey(person.browser, newAuthenticator());
    expect([added.status, added.location]).toEqual([303, '/account/recovery-codes?next=/account']);
    expect(toldTo(person.id)).toEqual(['passkey.added']);
    expect(actions()).toContain('passkey.add ok');
    const { model } = (await person.browser.get('/account')).json;
    expect(model?.passkeys).toMatchObject([{ label: 'Office', usedAt: null }]);
  });

  it('asks for a device that knows its person, names nobody by address or id, and leaves out what is there', async () => {
    const person = await cast.person();
    const key = newAuthenticator();
    await withPasskey(person, key);
    const asked = await options<PublicKeyCredentialCreationOptionsJSON>(person.browser, '/account/passkeys/options');
    expect(asked).toMatchObject({
      rp: { id: 'care.localhost' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [{ id: key.credentialId }],
    });
    const handle = Buffer.from(asked.user.id, 'base64url');
    expect(handle).toHaveLength(32);
    expect(Buffer.from(asked.challenge, 'base64url')).toHaveLength(32);
    expect(handle.toString('hex')).not.toContain(person.id.replaceAll('-', ''));
  });

  it('needs a fresh proof', async () => {
    const person = await cast.person();
    await signIn(person.browser, person.email);
    cast.pass(minutes(6));
    expect((await person.browser.get('/account/passkeys/new')).location).toBe(
      '/account/again?next=%2Faccount%2Fpasskeys%2Fnew',
    );
    expect((await person.browser.post('/account/passkeys/options')).status).toBe(403);
  });

  it.each<[string, Lies]>([
    ['another origin', { origin: 'http://care.localhost.evil.example' }],
    ['another site', { rpId: 'evil.localhost' }],
    ['nobody verified', { userVerified: false }],
    ['another challenge', { challenge: 'x'.repeat(43) }],
  ])('is refused with %s', async (_, lies) => {
    const person = await cast.person();
    await signIn(person.browser, person.email);
    expect((await addPasskey(person.browser, newAuthenticator(), lies)).status).toBe(422);
    expect((await addPasskey(person.browser, newAuthenticator())).status).toBe(303);
  });

  it('of somebody else is refused', async () => {
    const [owner, thief] = [await cast.person(), await cast.person()];
    const key = newAuthenticator();
    await withPasskey(owner, key);
    await signIn(thief.browser, thief.email);
    expect((await addPasskey(thief.browser, key)).status).toBe(422);
    expect(await rowsOf(thief.id)).toBe(0);
  });
});

describe('signing in with a passkey', () => {
  it.each<Role>(['clinician', 'client'])('needs no address and no second step (%s)', async (role) => {
    const person = await cast.person({ role });
    const key = newAuthenticator();
    await withPasskey(person, key);
    const browser = cast.browser();
    const answer = await enter(browser, key);
    expect([answer.status, answer.location]).toEqual([303, role === 'client' ? '/portal' : '/today']);
    expect((await browser.get('/account')).status).toBe(200);
    const { model } = (await browser.get('/account')).json;
    const { sessions } = model as unknown as { sessions: { current: boolean; method: string }[] };
    expect(sessions[0]).toMatchObject({ current: true, method: 'access:sessions.by.passkey' });
  });

  it('goes on to where the person wanted to go, and nowhere else', async () => {
    const person = await cast.person();
    const key = newAuthenticator();
    await withPasskey(person, key);
    expect((await enter(cast.browser(), key, {}, '/probe/day?x=1')).location).toBe('/probe/day?x=1');
    expect((await enter(cast.browser(), key, {}, '//evil.example')).location).toBe('/today');
  });

  it('tells nobody which passkeys or accounts exist', async () => {
    const browser = cast.browser();
    await browser.get('/sign-in');
    const asked = await options<PublicKeyCredentialRequestOptionsJSON>(browser, '/sign-in/passkey/options');
    expect(asked.allowCredentials ?? []).toEqual([]);
    expect(asked.userVerification).toBe('required');
  });

  it('refuses unknown, wrong, removed and suspended ones alike, byte for byte', async () => {
    const [known, suspended, removed] = [await cast.person(), await cast.person(), await cast.person()];
    const [key, suspendedKey, removedKey] = [newAuthenticator(), newAuthenticator(), newAuthenticator()];
    await withPasskey(known, key);
    await withPasskey(suspended, suspendedKey);
    await withPasskey(removed, removedKey);
    await cast.world.dataSource.query(`UPDATE core.account SET state = 'suspended' WHERE id = $1`, [suspended.id]);
    await cast.world.dataSource.query(`DELETE FROM core.passkey WHERE account_id = $1`, [removed.id]);
    const answers = [
      await enter(cast.browser(), newAuthenticator()),
      await enter(cast.browser(), key, { userVerified: false }),
      await enter(cast.browser(), suspendedKey),
      await enter(cast.browser(), removedKey),
    ];
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422]);
    expect(new Set(answers.map(({ json }) => JSON.stringify(json.model))).size).toBe(1);
    expect((await enter(cast.browser(), key)).status).toBe(303);
  });

  it('refuses a passkey that says it is somebody else’s', async () => {
    const [one, two] = [await cast.person(), await cast.person()];
    const [key, other] = [newAuthenticator(), newAuthenticator()];
    await withPasskey(one, key);
    await withPasskey(two, other);
    const asked = await options<PublicKeyCredentialCreationOptionsJSON>(two.browser, '/account/passkeys/options');
    expect((await enter(cast.browser(), key, { userHandle: asked.user.id })).status).toBe(422);
    expect((await enter(cast.browser(), key, { userHandle: '' })).status).toBe(422);
  });

  it('refuses a counter that did not grow, in the audit, and tells the owner', async () => {
    const person = await cast.person();
    const key = newAuthenticator();
    await withPasskey(person, key);
    expect((await enter(cast.browser(), key, { counter: 5 })).status).toBe(303);
    for (const counter of [5, 4, 0]) expect((await enter(cast.browser(), key, { counter })).status).toBe(422);
    expect(actions()).toContain('passkey.use refused');
    expect(toldTo(person.id).filter((kind) => kind === 'passkey.copied')).toHaveLength(3);
    expect((await enter(cast.browser(), key, { counter: 6 })).status).toBe(303);
  });

  it('accepts devices that never count', async () => {
    const person = await cast.person();
    const key = newAuthenticator('EdDSA', false);
    await withPasskey(person, key);
    for (let time = 0; time < 3; time++) expect((await enter(cast.browser(), key)).status).toBe(303);
  });

  it('is not kept out by whoever hammers on the account', async () => {
    const person = await cast.person();
    const key = newAuthenticator();
    await withPasskey(person, key);
    let last = 0;
    for (let index = 0; index < 13; index++)
      last = (await signIn(cast.browser(`198.51.100.${index}`), person.email, 'a wrong password here')).status;
    expect(last).toBe(429);
    expect((await enter(cast.browser(), key)).status).toBe(303);
  });

  it('slows down who hammers with passkeys from one address', async () => {
    const browser = new Browser(cast.port, { 'x-test-ip': '203.0.113.77' });
    await browser.get('/sign-in');
    const statuses: number[] = [];
    for (let index = 0; index < 42; index++)
      statuses.push((await browser.post('/sign-in/passkey', { answer: '{}' })).status);
    expect(statuses.slice(0, 39)).toEqual(Array<number>(39).fill(422));
    expect(statuses.slice(-1)).toEqual([429]);
  });
});

describe('the question', () => {
  it('is answered once, in whichever process', async () => {
    const person = await cast.person();
    const key = newAuthenticator('ES256', false);
    await withPasskey(person, key);
    const second = await accessApp({ url: cast.world.url, keys: cast.world.keys });
    try {
      second.clock.at = cast.world.clock.at;
      const port = (second.app.getHttpServer().address() as { port: number }).port;
      const [here, there] = [cast.browser(), new Browser(port, { 'x-test-ip': '192.0.2.9' })];
      await here.get('/sign-in');
      const asked = await options<PublicKeyCredentialRequestOptionsJSON>(here, '/sign-in/passkey/options');
      const answer = JSON.stringify(key.get(asked));
      await there.get('/sign-in');
      const cookie = here.jar.get('passkey-enter') ?? '';
      there.jar.set('passkey-enter', cookie);
      expect((await there.post('/sign-in/passkey', { answer })).status).toBe(303);
      here.jar.set('passkey-enter', cookie);
      expect((await here.post('/sign-in/passkey', { answer })).status).toBe(422);
      // The same door with a new question opens: only the replay was refused.
      expect((await enter(here, key)).status).toBe(303);
    } finally {
      await second.close();
    }
  });

  it('of two at once, one wins', async () => {
    const person = await cast.person();
    const key = newAuthenticator('ES256', false);
    await withPasskey(person, key);
    const browser = cast.browser();
    await browser.get('/sign-in');
    const asked = await options<PublicKeyCredentialRequestOptionsJSON>(browser, '/sign-in/passkey/options');
    const answer = JSON.stringify(key.get(asked));
    const tries = await Promise.all(Array.from({ length: 6 }, () => browser.post('/sign-in/passkey', { answer })));
    expect(tries.map(({ status }) => status).sort()).toEqual([303, 422, 422, 422, 422, 422]);
  });

  it('is good for five minutes, in one browser, for one purpose', async () => {
    const person = await cast.person();
    const key = newAuthenticator('ES256', false);
    await withPasskey(person, key);
    const browser = cast.browser();
    const ask = async (): Promise<string> => {
      await browser.get('/sign-in');
      const asked = await options<PublicKeyCredentialRequestOptionsJSON>(browser, '/sign-in/passkey/options');
      return JSON.stringify(key.get(asked));
    };
    const late = await ask();
    cast.pass(minutes(5));
    expect((await browser.post('/sign-in/passkey', { answer: late })).status).toBe(422);
    const elsewhere = await ask();
    const other = cast.browser();
    await other.get('/sign-in');
    expect((await other.post('/sign-in/passkey', { answer: elsewhere })).status).toBe(422);
    const again = await options<PublicKeyCredentialRequestOptionsJSON>(person.browser, '/account/again/options');
    person.browser.jar.set('passkey-enter', person.browser.jar.get('passkey-again') ?? '');
    const misused = await person.browser.post('/sign-in/passkey', { answer: JSON.stringify(key.get(again)) });
    expect(misused.status).toBe(422);
    const stretched = await ask();
    cast.pass(minutes(5));
    const cookie = browser.jar.get('passkey-enter') ?? '';
    browser.jar.set(
      'passkey-enter',
      cookie.replace(/\.(\d{13})\./, (_, until) => `.${Number(until) + minutes(10)}.`),
    );
    expect((await browser.post('/sign-in/passkey', { answer: stretched })).status).toBe(422);
    expect((await browser.post('/sign-in/passkey', { answer: await ask() })).status).toBe(303);
  });

  it('leaves no row until it is answered', async () => {
    const before = await usedChallenges();
    const browser = cast.browser();
    await browser.get('/sign-in');
    for (let time = 0; time < 5; time++) await options(browser, '/sign-in/passkey/options');
    expect(await usedChallenges()).toBe(before);
    await enter(browser, newAuthenticator());
    expect(await usedChallenges()).toBe(before + 1);
  });
});

describe('a passkey as the second step', () => {
  it('is asked for after the password, and only the account’s own counts', async () => {
    const [person, other] = [await cast.person(), await cast.person()];
    const [key, otherKey] = [newAuthenticator(), newAuthenticator()];
    await withPasskey(person, key);
    await withPasskey(other, otherKey);
    const browser = cast.browser();
    expect((await signIn(browser, person.email)).location).toBe('/sign-in/code');
    expect((await browser.get('/sign-in/code')).json.model).toMatchObject({ passkey: true, code: false });
    expect((await browser.get('/probe/day')).location).toBe('/sign-in/code');
    const asked = await options<PublicKeyCredentialRequestOptionsJSON>(browser, '/sign-in/passkey/options');
    expect(asked.allowCredentials).toMatchObject([{ id: key.credentialId }]);
    expect((await browser.post('/sign-in/passkey', { answer: JSON.stringify(otherKey.get(asked)) })).status).toBe(422);
    const again = await options<PublicKeyCredentialRequestOptionsJSON>(browser, '/sign-in/passkey/options');
    expect((await browser.post('/sign-in/passkey', { answer: JSON.stringify(key.get(again)) })).location).toBe(
      '/today',
    );
  });
});

describe('one’s own passkeys', () => {
  it('can be named and removed; somebody else’s are unknown', async () => {
    const [person, other] = [await cast.person(), await cast.person()];
    const [first, second, foreign] = [newAuthenticator(), newAuthenticator(), newAuthenticator()];
    await withPasskey(person, first);
    await addPasskey(person.browser, second, {}, 'Blue key');
    await withPasskey(other, foreign);
    const id = await idOf(person.id, 'first');
    const theirs = await idOf(other.id, 'first');
    await person.browser.get(`/account/passkeys/${id}`);
    expect((await person.browser.post(`/account/passkeys/${id}`, { label: 'Old laptop' })).location).toBe(
      '/account?done=passkey-name',
    );
    expect((await person.browser.post(`/account/passkeys/${id}`, { label: '' })).status).toBe(422);
    for (const path of [
      `/account/passkeys/${theirs}`,
      '/account/passkeys/none',
      '/account/passkeys/01990000-dead-7000-8000-000000000000',
    ])
      expect((await person.browser.get(path)).status).toBe(404);
    expect((await person.browser.post(`/account/passkeys/${theirs}`, { label: 'Mine' })).status).toBe(404);
    expect((await person.browser.post(`/account/passkeys/${theirs}/remove`)).status).toBe(404);
    expect((await person.browser.post(`/account/passkeys/${id}/remove`)).location).toBe('/account?done=passkey-off');
    expect((await enter(cast.browser(), first)).status).toBe(422);
    expect((await enter(cast.browser(), second)).status).toBe(303);
    expect(toldTo(person.id)).toContain('passkey.removed');
  });

  it('are never stored in words', async () => {
    const person = await cast.person();
    await signIn(person.browser, person.email);
    await addPasskey(person.browser, newAuthenticator(), {}, 'Grandmother laptop');
    const rows = await cast.world.dataSource.query<object[]>(
      `SELECT p::text FROM core.passkey p WHERE account_id = $1`,
      [person.id],
    );
    expect(JSON.stringify(rows)).not.toContain(Buffer.from('Grandmother').toString('hex'));
    expect(JSON.stringify(cast.world.audit)).not.toContain('Grandmother');
  });

  it('the last one of somebody with a short password stays until the password is long enough to stand alone', async () => {
    const person = await cast.person({ role: 'client', password: 'short pw 9' });
    const key = newAuthenticator();
    await withPasskey(person, key, 'short pw 9');
    const id = await idOf(person.id, 'first');
    await person.browser.get(`/account/passkeys/${id}`);
    const remove = (password: string) => person.browser.post(`/account/passkeys/${id}/remove`, { password });
    expect((await remove('')).status).toBe(422);
    expect((await remove('short pw 9')).json.model?.removeErrors).toEqual({
      password: 'access:authenticator.fault.short',
    });
    expect(await rowsOf(person.id)).toBe(1);
  });
});

async function rowsOf(accountId: string): Promise<number> {
  const [row] = await cast.world.dataSource.query<{ n: number }[]>(
    `SELECT count(*)::int AS n FROM core.passkey WHERE account_id = $1`,
    [accountId],
  );
  return row.n;
}

async function idOf(accountId: string, which: 'first'): Promise<string> {
  const [row] = await cast.world.dataSource.query<{ id: string }[]>(
    `SELECT id FROM core.passkey WHERE account_id = $1 ORDER BY created_at, id`,
    [accountId],
  );
  if (!row) throw new Error(`no ${which} passkey`);
  return row.id;
}

async function usedChallenges(): Promise<number> {
  const [row] = await cast.world.dataSource.query<{ n: number }[]>(
    `SELECT count(*)::int AS n FROM core.used_challenge`,
  );
  return row.n;
}
