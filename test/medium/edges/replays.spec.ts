import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newTotpSecret, totpCode } from '../../../src/features/access/factors/totp.js';
import { Authenticator } from '../../support/authenticator.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { HttpPerson, type HttpAnswer } from '../../support/http-person.js';
import { enterByPasskey, givePasskey, passkeyAnswer } from '../../support/passkey-person.js';
import { PASSWORD, SmallPractice, type Somebody } from '../../support/small-practice.js';

const SITE = 'http://care.localhost';
const AGAIN = '/account/again';
/** Copies of one proof that arrive at the same moment, half of them at each process. */
const COPIES = 6;

/**
 * One proof, sent several times at the same moment to two processes: one of them counts. One-time links and the way back from the identity
 * provider are raced beside their other tests.
 */
describe('a proof that is used twice at the same time', () => {
  let one: BootedApp;
  let two: BootedApp;
  let practice: SmallPractice;

  beforeAll(async () => {
    one = await bootApp({ env: { ALCOVE_BASE_URL: SITE } });
    two = await bootApp({ beside: one, env: { ALCOVE_BASE_URL: SITE } });
    practice = await SmallPractice.of(one);
  }, 60_000);
  afterAll(async () => {
    await two?.close();
    await one?.close();
  });

  const visitor = (copy: number): HttpPerson => {
    const { app } = copy % 2 ? two : one;
    const { port } = app.getHttpServer().address() as { port: number };
    return new HttpPerson(`http://127.0.0.1:${port}`, { origin: SITE });
  };
  const signedIn = (who: Somebody, copy = 0): Promise<HttpPerson> => visitor(copy).signIn(who.email, PASSWORD);
  /** The same for every copy, then all at once. */
  async function atOnce(
    prepare: (copy: number) => Promise<HttpPerson>,
    send: (person: HttpPerson) => Promise<HttpAnswer>,
    copies = COPIES,
  ): Promise<HttpAnswer[]> {
    const people: HttpPerson[] = [];
    for (let copy = 0; copy < copies; copy++) people.push(await prepare(copy));
    return Promise.all(people.map(send));
  }
  /** Came in, or may go on. */
  const counted = (answers: readonly HttpAnswer[]): number =>
    answers.filter(({ status, location }) => status === 303 && !location?.startsWith('/sign-in')).length;
  const halfway = async (who: Somebody, copy: number, page = '/sign-in/code'): Promise<HttpPerson> => {
    const person = visitor(copy);
    await person.get('/sign-in');
    const { location } = await person.post('/sign-in', { email: who.email, password: PASSWORD });
    if (location !== '/sign-in/code') throw new Error(`the password led to ${location}`);
    await person.get(page);
    return person;
  };

  it('a code of the app, each at a sign-in of its own', async () => {
    const totpSecret = newTotpSecret();
    const who = await practice.add('clinician', { totpSecret });
    const code = totpCode(totpSecret, new Date());
    const answers = await atOnce(
      (copy) => halfway(who, copy),
      (person) => person.post('/sign-in/code', { code }),
    );
    expect(counted(answers)).toBe(1);
    expect(answers.filter(({ status }) => status === 422)).toHaveLength(COPIES - 1);
  });

  it('a code from paper', async () => {
    const who = await practice.add('clinician');
    const own = await signedIn(who);
    await givePasskey(own, new Authenticator(SITE));
    await own.get('/account/recovery-codes');
    const { text } = await own.post('/account/recovery-codes');
    const recovery = /<code class="text-break">([^<]+)/.exec(text)?.[1] ?? '';
    expect(recovery).not.toBe('');
    const answers = await atOnce(
      (copy) => halfway(who, copy, '/sign-in/recovery-code'),
      (person) => person.post('/sign-in/recovery-code', { recovery }),
    );
    expect(counted(answers)).toBe(1);
  });

  it('the answer of a passkey, at two processes and by the cookie of its question', async () => {
    const who = await practice.add('clinician');
    const key = new Authenticator(SITE, 'ES256', false);
    await givePasskey(await signedIn(who), key);
    const first = visitor(0);
    await first.get('/sign-in');
    const answer = await passkeyAnswer(first, key, '/sign-in/passkey');
    const answers = await atOnce(
      (copy) => {
        const person = visitor(copy);
        for (const [name, value] of first.jar) person.jar.set(name, value);
        person.token = first.token;
        return Promise.resolve(person);
      },
      (person) => person.post('/sign-in/passkey', { answer }),
    );
    expect(counted(answers)).toBe(1);
    // Only the copies were refused.
    expect((await enterByPasskey(visitor(1), key)).status).toBe(303);
  });

  it('a code of the app that proves again, in sessions of one account at two processes', async () => {
    const totpSecret = newTotpSecret();
    const who = await practice.add('clinician', { totpSecret });
    const recent = totpCode(totpSecret, new Date());
    const own = await halfway(who, 0);
    expect((await own.post('/sign-in/code', { code: recent })).status).toBe(303);
    await own.get(AGAIN);
    const next = totpCode(totpSecret, new Date(Date.now() + 30_000));
    const answers = await atOnce(
      (copy) => sameSession(own, copy),
      (person) => person.post(AGAIN, { password: PASSWORD, code: next, next: '/today' }),
    );
    expect(counted(answers)).toBe(1);
    // Nor does what proved then sign anybody in afterwards.
    const after = await halfway(who, 1);
    expect((await after.post('/sign-in/code', { code: next })).status).toBe(422);
  });

  it('the answer of a passkey that proves again', async () => {
    const who = await practice.add('clinician');
    const key = new Authenticator(SITE, 'ES256', false);
    const own = await signedIn(who);
    await givePasskey(own, key);
    await own.get(AGAIN);
    const answer = await passkeyAnswer(own, key, AGAIN);
    const answers = await atOnce(
      (copy) => sameSession(own, copy),
      (person) => person.post(AGAIN, { answer, next: '/today' }),
    );
    expect(counted(answers)).toBe(1);
    // For another purpose it is nothing either.
    const other = visitor(1);
    await other.get('/sign-in');
    for (const [name, value] of own.jar) if (name.startsWith('passkey')) other.jar.set(name, value);
    expect(counted([await other.post('/sign-in/passkey', { answer })])).toBe(0);
  });

  it('counts every copy when nothing is asked to count once (control)', async () => {
    const who = await practice.add('clinician');
    const answers = await atOnce(
      async (copy) => {
        const person = visitor(copy);
        await person.get('/sign-in');
        return person;
      },
      (person) => person.post('/sign-in', { email: who.email, password: PASSWORD }),
      // Fewer than the tries one account has before it must wait: tries count until they are answered.
      3,
    );
    expect(answers.map(({ status, location }) => [status, location])).toEqual(answers.map(() => [303, '/today']));
  });

  /** The same browser, at whichever process. */
  function sameSession(own: HttpPerson, copy: number): Promise<HttpPerson> {
    const person = visitor(copy);
    for (const [name, value] of own.jar) person.jar.set(name, value);
    person.token = own.token;
    return Promise.resolve(person);
  }
});
