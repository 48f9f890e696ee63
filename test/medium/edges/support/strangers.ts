import { DataSource } from 'typeorm';
import { AccountService } from '../../../../src/features/access/public.js';
import { systemPrincipal } from '../../../../src/platform/access/principal.js';
import { newId, newSecret } from '../../../../src/platform/ids.js';
import { Authenticator } from '../../../support/authenticator.js';
import { HttpPerson, type HttpAnswer } from '../../../support/http-person.js';
import { givePasskey } from '../../../support/passkey-person.js';
import type { SmallPractice, Somebody } from '../../../support/small-practice.js';

/** As the server sets it without https. */
const SESSION_COOKIE = 'sid';
export const KINDS = ['existing', 'unknown', 'suspended', 'invited', 'closed'] as const;
export type Kind = (typeof KINDS)[number];

/** An address, a device and a cookie, which are of an account or of none. */
export interface Asked {
  readonly kind: Kind;
  email(): string;
  readonly passkey: Authenticator;
  /** Of a sign-in that stopped before the code; of a living account it has ended by now. */
  readonly cookies: ReadonlyMap<string, string>;
}

/** One of each kind, all with a password, an app for codes and a passkey of the past; the unknown one with nothing but a form. */
export async function strangersTo(practice: SmallPractice): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  for (const kind of KINDS) asked.push(kind === 'unknown' ? await nobody(practice) : await somebody(practice, kind));
  return asked;
}

/** Everything that a stranger can send with an address, a device or a cookie. The path that was asked last is in the answer. */
export const STEPS: readonly (readonly [string, (person: HttpPerson, of: Asked) => Promise<HttpAnswer>])[] = [
  ['signing in', (person, { email }) => person.post('/sign-in', { email: email(), password: 'not of anybody here' })],
  ['a forgotten password', (person, { email }) => person.post('/sign-in/forgot', { email: email() })],
  [
    'the way to the identity provider',
    (person, { email }) => person.post('/sign-in/single-sign-on', { email: email(), login_hint: email() }),
  ],
  ['the question of a passkey', (person, { email }) => passkeyOptions(person, { email: email() })],
  ['the answer of a passkey', answerOfPasskey],
  ['a code', (person, of) => secondStep(person, of, '/sign-in/code', { code: '123456' })],
  [
    'a code from paper',
    (person, of) => secondStep(person, of, '/sign-in/recovery-code', { recovery: 'AAAAA-BBBBB-CCCCC-DDDDD' }),
  ],
];

const passkeyOptions = (person: HttpPerson, fields: Record<string, string> = {}): Promise<HttpAnswer> =>
  person.post('/sign-in/passkey/options', fields, { headers: { accept: 'application/json' } });

async function answerOfPasskey(person: HttpPerson, { passkey }: Asked): Promise<HttpAnswer> {
  const { text } = await passkeyOptions(person);
  const answer = passkey.get(JSON.parse(text) as Parameters<Authenticator['get']>[0], {
    origin: 'http://evil.example',
  });
  return person.post('/sign-in/passkey', { answer: JSON.stringify(answer) });
}

/** With the cookie of another visit, and a form that was opened with it. */
async function secondStep(
  { url }: HttpPerson,
  { cookies }: Asked,
  path: string,
  fields: Record<string, string>,
): Promise<HttpAnswer> {
  const person = new HttpPerson(url);
  for (const [name, value] of cookies) person.jar.set(name, value);
  await person.get('/sign-in');
  return person.post(path, fields);
}

async function nobody({ booted }: SmallPractice): Promise<Asked> {
  const visitor = new HttpPerson(booted.url);
  await visitor.get('/sign-in');
  return {
    kind: 'unknown',
    email: () => `clinician-${newId()}@care.example`,
    passkey: new Authenticator(booted.url),
    cookies: new Map([[SESSION_COOKIE, newSecret(32)]]),
  };
}

async function somebody(practice: SmallPractice, kind: Kind): Promise<Asked> {
  const who = await practice.add('clinician');
  const own = await practice.browser(who);
  const passkey = new Authenticator(practice.booted.url);
  await givePasskey(own, passkey);
  const cookies = await halfSignedIn(practice, who);
  await become(practice, who, kind);
  return { kind, email: () => who.email, passkey, cookies };
}

/** The cookie of a sign-in that got as far as the password, too long ago. */
async function halfSignedIn(practice: SmallPractice, who: Somebody): Promise<ReadonlyMap<string, string>> {
  const person = await practice.browser(who);
  const value = person.jar.get(SESSION_COOKIE);
  if (value === undefined) throw new Error('there is no session cookie');
  await practice
    .get(DataSource)
    .query(`UPDATE core.session SET stage = 'half', seen_at = now() - interval '2 hours' WHERE account_id = $1`, [
      who.account,
    ]);
  return new Map([[SESSION_COOKIE, value]]);
}

async function become(practice: SmallPractice, { account }: Somebody, kind: Kind): Promise<void> {
  const owner = { ...systemPrincipal('test'), kind: 'user' as const, id: practice.owner.account };
  const accounts = practice.get(AccountService);
  if (kind === 'suspended') await accounts.suspend(owner, account);
  if (kind === 'closed') await accounts.close(owner, account);
  if (kind === 'invited')
    await practice.get(DataSource).query(`UPDATE core.account SET state = 'invited' WHERE id = $1`, [account]);
}
