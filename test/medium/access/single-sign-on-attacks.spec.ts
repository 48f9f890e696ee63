import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { BootedApp } from '../../support/app.js';
import { toBase64, type TokenParts } from '../../support/identity-provider.js';
import type { WebVisitor } from '../../support/web-visitor.js';
import { SignOnStand, type Member } from './support/sign-on-stand.js';

let stand: SignOnStand;
let second: BootedApp;
let member: Member;
beforeAll(async () => {
  stand = await SignOnStand.open();
  second = await stand.beside();
  member = await stand.member({ state: 'invited' });
  stand.idp.person = stand.identity(member);
  expect((await stand.signOn()).status).toBe(303);
}, 90_000);
afterAll(async () => {
  await second.close();
  await stand.close();
});
beforeEach(() => void (stand.idp.person = stand.identity(member)));
afterEach(() => void (stand.idp.forge = undefined));

const isIn = async (visitor: WebVisitor): Promise<boolean> => (await visitor.get('/account')).status === 200;

/** The answer of the callback, and whether the browser is signed in after it. */
async function come(visitor: WebVisitor, callback: string): Promise<[number, boolean]> {
  const { status } = await visitor.get(callback);
  return [status, await isIn(visitor)];
}
const REFUSED = [403, false];
const IN = [303, true];

const withParameter = (callback: string, name: string, value: string | null): string => {
  const url = new URL(callback, 'http://x');
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  return url.pathname + url.search;
};

describe('the callback', () => {
  it('counts once, in whichever process', async () => {
    const visitor = stand.visitor();
    const callback = await stand.toCallback(visitor);
    const [copy, beside] = [stand.visitor(), stand.visitor(second)];
    for (const [name, value] of visitor.jar) for (const other of [copy, beside]) other.jar.set(name, value);
    expect(await come(visitor, callback)).toEqual(IN);
    expect(await come(copy, callback)).toEqual(REFUSED);
    expect(await come(beside, callback)).toEqual(REFUSED);
  });

  it('counts once even when the provider answers twice with a new code', async () => {
    const visitor = stand.visitor();
    await visitor.get('/sign-in');
    const leaving = await visitor.post('/sign-in/single-sign-on');
    const [one, two] = [await stand.throughProvider(leaving), await stand.throughProvider(leaving)];
    expect(one).not.toBe(two);
    const beside = stand.visitor(second);
    for (const [name, value] of visitor.jar) beside.jar.set(name, value);
    expect(await come(visitor, one)).toEqual(IN);
    expect(await come(beside, two)).toEqual(REFUSED);
  });

  it('may be answered by another process than the one that began', async () => {
    const visitor = stand.visitor();
    const callback = await stand.toCallback(visitor);
    const beside = stand.visitor(second);
    for (const [name, value] of visitor.jar) beside.jar.set(name, value);
    expect(await come(beside, callback)).toEqual(IN);
  });

  it('of two at the same moment lets one in', async () => {
    const visitor = stand.visitor();
    const callback = await stand.toCallback(visitor);
    const visitors = [0, 1, 2, 3].map((at) => (at % 2 ? stand.visitor(second) : stand.visitor()));
    for (const [name, value] of visitor.jar) for (const other of visitors) other.jar.set(name, value);
    const answers = await Promise.all(visitors.map((one) => one.get(callback)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 403, 403, 403]);
  });

  it('is nothing in another browser, with another state, or without one', async () => {
    expect(await come(stand.visitor(), await stand.toCallback(stand.visitor()))).toEqual(REFUSED);
    for (const state of ['', 'x', null, 'a'.repeat(43)]) {
      const visitor = stand.visitor();
      expect(await come(visitor, withParameter(await stand.toCallback(visitor), 'state', state))).toEqual(REFUSED);
    }
    const visitor = stand.visitor();
    const first = await stand.toCallback(visitor);
    const latest = await stand.toCallback(visitor);
    expect(await come(visitor, first)).toEqual(REFUSED);
    // What somebody else makes a browser open does not end the attempt that is under way.
    expect(await come(visitor, latest)).toEqual(IN);
  });

  it('is nothing with a cookie that was changed or is another one', async () => {
    for (const change of [
      (text: string) => text.slice(0, -2),
      (text: string) => `B${text.slice(1)}`,
      () => 'x'.repeat(300),
    ]) {
      const visitor = stand.visitor();
      const callback = await stand.toCallback(visitor);
      visitor.jar.set('sign-on', change(visitor.jar.get('sign-on') ?? ''));
      expect(await come(visitor, callback)).toEqual(REFUSED);
    }
  });

  it('takes a code only of the same attempt (PKCE), and no code of anybody else', async () => {
    const [mine, theirs] = [stand.visitor(), stand.visitor()];
    const stolen = new URL(await stand.toCallback(theirs), 'http://x').searchParams.get('code');
    expect(await come(mine, withParameter(await stand.toCallback(mine), 'code', stolen))).toEqual(REFUSED);
    const other = stand.visitor();
    expect(await come(other, withParameter(await stand.toCallback(other), 'code', 'made-up'))).toEqual(REFUSED);
  });

  it('is not mixed up with another provider (iss)', async () => {
    for (const iss of ['https://other.example', null]) {
      const visitor = stand.visitor();
      expect(await come(visitor, withParameter(await stand.toCallback(visitor), 'iss', iss))).toEqual(REFUSED);
    }
  });

  it('takes refusals, doubled parameters and rubbish for what they are', async () => {
    for (const query of [
      'error=access_denied',
      'error=%3Cscript%3E',
      'code=a&code=b',
      'id_token=x&access_token=y',
      'response=x',
    ]) {
      const visitor = stand.visitor();
      const callback = new URL(await stand.toCallback(visitor), 'http://x');
      const rest = `state=${callback.searchParams.get('state')}&iss=${encodeURIComponent(stand.idp.issuer)}`;
      const answer = await visitor.get(`${callback.pathname}?${query}&${rest}`);
      expect([answer.status, await isIn(visitor)]).toEqual(REFUSED);
      expect(answer.text).not.toMatch(/access_denied|script%3E|state&#x3D;/);
    }
    expect(await come(stand.visitor(), '/sign-in/single-sign-on/callback')).toEqual(REFUSED);
    expect(await come(stand.visitor(), `/sign-in/single-sign-on/callback?${'a=b&'.repeat(2_000)}`)).toEqual(REFUSED);
  });
});

describe('the ID token', () => {
  const SECONDS = (): number => Math.floor(Date.now() / 1_000);
  const claims =
    (change: Record<string, unknown>) =>
    (token: TokenParts): TokenParts => ({ ...token, claims: { ...token.claims, ...change } });

  /** Each is refused, and the same callback without the change lets in: see the last test. */
  it.each<[string, (token: TokenParts) => TokenParts | string]>([
    ['with another nonce', claims({ nonce: 'another' })],
    ['without nonce', claims({ nonce: undefined })],
    ['for another client', claims({ aud: 'another-client' })],
    ['for others too, without azp', claims({ aud: ['alcove', 'another-client'] })],
    ['of another issuer', claims({ iss: 'https://other.example' })],
    ['that has ended', claims({ exp: SECONDS() - 120, iat: SECONDS() - 300 })],
    ['that begins later', claims({ nbf: SECONDS() + 120 })],
    ['of another person than userinfo', claims({ sub: 'another' })],
    ['without subject', claims({ sub: undefined })],
    ['without end', claims({ exp: undefined })],
    ['unsigned', ({ header, claims }) => `${toBase64({ ...header, alg: 'none' })}.${toBase64(claims)}.`],
    [
      'signed with the client secret',
      ({ header, claims }) => signedWith('a secret of the test provider', header, claims),
    ],
    ['signed with the client id', ({ header, claims }) => signedWith('alcove', header, claims)],
    ['with the name of another key', ({ header, claims }) => ({ header: { ...header, kid: 'two' }, claims })],
    ['signed with another key of the same name', ({ header, claims }) => signedByOther(header, claims)],
    [
      'that brings its own key along',
      ({ header, claims }) =>
        signedByOther({ ...header, kid: undefined, jwk: OTHER.publicKey.export({ format: 'jwk' }) }, claims),
    ],
    ['whose signature was cut', ({ header, claims }) => `${toBase64(header)}.${toBase64(claims)}.AAAA`],
    ['that is no token', () => 'rubbish'],
  ])('%s lets nobody in', async (_, forge) => {
    const visitor = stand.visitor();
    const callback = await stand.toCallback(visitor);
    stand.idp.forge = forge;
    expect(await come(visitor, callback)).toEqual(REFUSED);
  });

  it.each([
    [
      'a clock that is 20 seconds off',
      claims({ exp: Math.floor(Date.now() / 1_000) + 3_600, iat: Math.floor(Date.now() / 1_000) + 20 }),
    ],
    ['nothing changed', (token: TokenParts) => token],
  ])('with %s lets in', async (_, forge) => {
    const visitor = stand.visitor();
    const callback = await stand.toCallback(visitor);
    stand.idp.forge = forge;
    expect(await come(visitor, callback)).toEqual(IN);
  });
});

describe('what is kept', () => {
  it('of an identity is a keyed hash, and nothing of it is in the audit', async () => {
    const [row] = await stand.rows<{ all: string }>(
      `SELECT encode(convert_to((SELECT string_agg(t::text, ' ') FROM core.sign_on_identity t), 'UTF8'), 'escape') AS all`,
    );
    expect(row.all).not.toContain(`sub-${member.id}`);
    const [audit] = await stand.rows<{ all: string }>(`SELECT string_agg(t::text, ' ') AS all FROM core.audit_event t`);
    for (const secret of [`sub-${member.id}`, member.email, 'care.example', 'a secret of the test', '/token'])
      expect(audit.all).not.toContain(secret);
    expect(audit.all).toContain('egress.call');
  });
});

const OTHER = generateKeyPairSync('rsa', { modulusLength: 2_048 });

function signedByOther(header: object, claims: object): string {
  const content = `${toBase64(header)}.${toBase64(claims)}`;
  return `${content}.${sign('sha256', Buffer.from(content), OTHER.privateKey).toString('base64url')}`;
}

function signedWith(secret: string, header: object, claims: object): string {
  const content = `${toBase64({ ...header, alg: 'HS256' })}.${toBase64(claims)}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}
