import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server';
import { Authenticator, type Algorithm, type Lies } from '../../../support/authenticator.js';
import { PASSKEY_ORIGIN } from './access-app.js';
import type { Answer, Browser } from './browser.js';
import { signIn, type Person } from './cast.js';

/** A new device with a passkey for nobody yet. */
export const newAuthenticator = (algorithm: Algorithm = 'ES256', counts = true): Authenticator =>
  new Authenticator(PASSKEY_ORIGIN, algorithm, counts);

/** What the browser's script asks the server for. */
export async function options<T>(browser: Browser, path: string): Promise<T> {
  const answer = await browser.post(path);
  if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${answer.text}`);
  return answer.json as unknown as T;
}

export async function addPasskey(
  browser: Browser,
  key: Authenticator,
  lies: Lies = {},
  label = 'Office',
): Promise<Answer> {
  await browser.get('/account/passkeys/new');
  const asked = await options<PublicKeyCredentialCreationOptionsJSON>(browser, '/account/passkeys/options');
  return browser.post('/account/passkeys', { answer: JSON.stringify(key.create(asked, lies)), label });
}

/** Somebody who is signed in by password and has just added this passkey. */
export async function withPasskey(person: Person, key: Authenticator, password?: string): Promise<void> {
  await signIn(person.browser, person.email, password);
  const added = await addPasskey(person.browser, key);
  if (added.status !== 303) throw new Error(`the passkey was not added: ${added.status}`);
}

export async function enter(browser: Browser, key: Authenticator, lies: Lies = {}, next = ''): Promise<Answer> {
  await browser.get('/sign-in');
  const asked = await options<PublicKeyCredentialRequestOptionsJSON>(browser, '/sign-in/passkey/options');
  return browser.post('/sign-in/passkey', { answer: JSON.stringify(key.get(asked, lies)), next });
}
