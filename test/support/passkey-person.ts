import type { Authenticator } from './authenticator.js';
import type { HttpAnswer, HttpPerson } from './http-person.js';

type Creation = Parameters<Authenticator['create']>[0];
type Asked = Parameters<Authenticator['get']>[0];

/** Gives somebody who is freshly signed in this passkey; throws when that fails. */
export async function givePasskey(person: HttpPerson, key: Authenticator, label = 'Office'): Promise<void> {
  await person.get('/account/passkeys/new');
  const answer = JSON.stringify(key.create(await ask<Creation>(person, '/account/passkeys/options')));
  const added = await person.post('/account/passkeys', { answer, label });
  if (added.status !== 303) throw new Error(`the passkey was answered ${added.status}`);
}

/** What the device answers to the question of a page; for the same address with `/options`. */
export async function passkeyAnswer(person: HttpPerson, key: Authenticator, path: string): Promise<string> {
  return JSON.stringify(key.get(await ask<Asked>(person, `${path}/options`)));
}

/** From the sign-in page on. */
export async function enterByPasskey(person: HttpPerson, key: Authenticator): Promise<HttpAnswer> {
  await person.get('/sign-in');
  return person.post('/sign-in/passkey', { answer: await passkeyAnswer(person, key, '/sign-in/passkey') });
}

async function ask<T>(person: HttpPerson, path: string): Promise<T> {
  const { status, text } = await person.post(path, {}, { headers: { accept: 'application/json' } });
  if (status !== 200) throw new Error(`${path} answered ${status}`);
  return JSON.parse(text) as T;
}
