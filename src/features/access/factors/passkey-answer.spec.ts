import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Authenticator, type Algorithm, type Lies } from '../../../../test/support/authenticator.js';
import {
  checkAuthentication,
  checkRegistration,
  parseAuthentication,
  parseRegistration,
  type MadePasskey,
} from './passkey-answer.js';

const origin = 'https://care.example.org';
const rpId = 'care.example.org';
const newChallenge = (): string => randomBytes(32).toString('base64url');
const creation = (challenge: string) => ({
  rp: { id: rpId, name: 'Linden Row' },
  user: { id: 'dXNlcg', name: 'ines@care.example', displayName: 'Ines' },
  challenge,
  pubKeyCredParams: [],
});

async function made(key: Authenticator, lies: Lies = {}): Promise<MadePasskey | undefined> {
  const challenge = newChallenge();
  const response = parseRegistration(JSON.stringify(key.create(creation(challenge), lies)));
  return response && checkRegistration(response, { challenge, origin, rpId });
}

async function proved(key: Authenticator, stored: MadePasskey, lies: Lies = {}) {
  const challenge = newChallenge();
  const response = parseAuthentication(JSON.stringify(key.get({ challenge, rpId }, lies)));
  return response && checkAuthentication(response, stored, { challenge, origin, rpId });
}

/** One difference at a time; the honest answer beside it shows that nothing else is in the way. */
const LIES: readonly (readonly [string, Lies])[] = [
  ['another origin', { origin: 'https://care.example.org.evil.example' }],
  ['plain http', { origin: 'http://care.example.org' }],
  ['another port', { origin: 'https://care.example.org:8443' }],
  ['another site', { rpId: 'evil.example' }],
  ['a parent of the site', { rpId: 'example.org' }],
  ['another challenge', { challenge: newChallenge() }],
  ['nobody verified', { userVerified: false }],
  ['the other ceremony', { type: 'webauthn.other' }],
];

describe('a passkey that was just made', () => {
  it.each<Algorithm>(['ES256', 'RS256', 'EdDSA'])('is taken with %s', async (algorithm) => {
    const key = new Authenticator(origin, algorithm);
    const passkey = await made(key);
    expect(passkey).toMatchObject({ counter: 0, transports: ['internal'], backedUp: false });
    expect(passkey?.credentialId.toString('base64url')).toBe(key.credentialId);
    expect(passkey && (await proved(key, passkey))).toEqual({ counter: 1, backedUp: false });
  });

  it.each(LIES)('is refused with %s', async (_, lies) => {
    expect(await made(new Authenticator(origin))).toBeDefined();
    expect(await made(new Authenticator(origin), lies)).toBeUndefined();
  });
});

describe('the answer of a stored passkey', () => {
  it.each(LIES)('is refused with %s', async (_, lies) => {
    const key = new Authenticator(origin);
    const stored = await made(key);
    if (!stored) throw new Error('the honest passkey was refused');
    expect(await proved(key, stored)).toBeDefined();
    expect(await proved(key, stored, lies)).toBeUndefined();
  });

  it('is refused when another key signed it', async () => {
    const [key, other] = [new Authenticator(origin), new Authenticator(origin)];
    const stored = await made(key);
    if (!stored) throw new Error('the honest passkey was refused');
    expect(await proved(other, stored)).toBeUndefined();
  });

  it('hands the counter on, to be compared in the database', async () => {
    const key = new Authenticator(origin);
    const stored = await made(key);
    if (!stored) throw new Error('the honest passkey was refused');
    expect(await proved(key, { ...stored, counter: 90 }, { counter: 7 })).toMatchObject({ counter: 7 });
  });
});

describe('what a form may bring as an answer', () => {
  const honest = new Authenticator(origin).get({ challenge: newChallenge(), rpId });

  it('is the honest one', () => expect(parseAuthentication(JSON.stringify(honest))?.id).toBe(honest.id));

  it.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a number', '7'],
    ['no response', JSON.stringify({ ...honest, response: null })],
    ['a list for the id', JSON.stringify({ ...honest, id: [honest.id] })],
    ['an id with other signs', JSON.stringify({ ...honest, id: 'a b', rawId: 'a b' })],
    ['two ids', JSON.stringify({ ...honest, rawId: 'other' })],
    ['another type', JSON.stringify({ ...honest, type: 'password' })],
    ['an object for a text', JSON.stringify({ ...honest, response: { ...honest.response, signature: {} } })],
    ['an object for the user', JSON.stringify({ ...honest, response: { ...honest.response, userHandle: {} } })],
    ['too much', JSON.stringify({ ...honest, more: 'x'.repeat(20_000) })],
  ])('is not %s', (_, typed) => {
    expect(parseAuthentication(typed)).toBeUndefined();
    expect(parseRegistration(typed)).toBeUndefined();
  });

  it('keeps nothing but its own parts', () => {
    const typed = `{"__proto__": {"polluted": true}, "extra": 1, ${JSON.stringify(honest).slice(1)}`;
    expect(Object.keys(parseAuthentication(typed) ?? {}).sort()).toEqual([
      'clientExtensionResults',
      'id',
      'rawId',
      'response',
      'type',
    ]);
  });
});
