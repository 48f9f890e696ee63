import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { PasswordService } from '../../../src/features/access/factors/password.service.js';
import { scale } from '../../scale.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { HttpPerson, type HttpAnswer } from '../../support/http-person.js';
import { IdentityProvider } from '../../support/identity-provider.js';
import { PASSWORD, SmallPractice } from '../../support/small-practice.js';
import { KINDS, STEPS, strangersTo, type Asked, type Kind } from './support/strangers.js';

/** A difference of the means that counts as noise: below both is not to be told apart over a network. */
const NOISE_MS = 2;
const NOISE_SHARE = 0.05;
/** Whom an unknown one is compared with by the clock; the others too when there is time. */
const TIMED: readonly Kind[] = scale.timedTries > 500 ? KINDS.filter((kind) => kind !== 'unknown') : ['existing'];
/** The answer of a passkey is left out: whoever names one has 256 random bits that only its owner's device was given. */
const TIMED_STEPS = STEPS.filter(([name]) => name !== 'the answer of a passkey').filter(
  // These look nobody up; they are timed when there is time.
  ([name]) => scale.timedTries > 500 || !/identity provider|question|paper/.test(name),
);
const WARM_UP = 5;

/** Whether answers to strangers tell that an account exists. */
describe('answers to strangers', () => {
  let provider: IdentityProvider;
  let booted: BootedApp;
  let practice: SmallPractice;
  let strangers: readonly Asked[];

  beforeAll(async () => {
    // The provider warns of its own store.
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    provider = await IdentityProvider.start(['http://localhost/sign-in/single-sign-on/callback']);
    booted = await bootApp({ env: { ...provider.env, ALCOVE_HOST: 'localhost' } });
    practice = await SmallPractice.of(booted);
    strangers = await strangersTo(practice);
  }, 60_000);
  afterEach(() => void jest.restoreAllMocks());
  afterAll(async () => {
    await booted?.close();
    await provider?.close();
  });

  const one = (kind: Kind): Asked => strangers.find((asked) => asked.kind === kind) as Asked;
  /** Counters would slow the measurement down, not the answer. */
  const forgetTries = () => practice.get(DataSource).query('DELETE FROM core.rate_limit');
  const visitor = async (): Promise<HttpPerson> => {
    const person = new HttpPerson(booted.url);
    await person.get('/sign-in');
    return person;
  };

  it.each(STEPS)('%s says the same, byte for byte', async (_, step) => {
    const answers: Record<string, string> = {};
    for (const asked of strangers) {
      // The form shows what was typed.
      const email = asked.email();
      answers[asked.kind] = bare(await step(await visitor(), { ...asked, email: () => email }), email);
      await forgetTries();
    }
    for (const kind of KINDS) expect([kind, answers[kind]]).toEqual([kind, answers.unknown]);
    expect(answers.unknown).not.toMatch(/^\[(403|404|429|5\d\d)/);
  });

  it('a right password of an account that is not active says the same as a wrong one', async () => {
    const answers = [];
    for (const kind of ['unknown', 'suspended', 'invited', 'closed'] as const) {
      const email = one(kind).email();
      answers.push(bare(await (await visitor()).post('/sign-in', { email, password: PASSWORD }), email));
    }
    expect(new Set(answers).size).toBe(1);
    await forgetTries();
  });

  it('would be told by one more byte or header (planted fault)', async () => {
    const answer = await STEPS[0][1](await visitor(), one('unknown'));
    expect(bare({ ...answer, text: `${answer.text} ` }, '-')).not.toBe(bare(answer, '-'));
    const headers = new Headers(answer.headers);
    headers.append('set-cookie', 'seen=yes; Path=/');
    expect(bare({ ...answer, headers }, '-')).not.toBe(bare(answer, '-'));
  });

  /** Milliseconds of one of this kind and of an unknown one, asked in turn, both orders. */
  async function timed(kind: Kind, step: (typeof STEPS)[number][1]): Promise<Spent> {
    const spent: Spent = { known: [], unknown: [] };
    const person = await visitor();
    for (let round = 0; round < scale.timedTries + WARM_UP; round++) {
      const order = [kind, 'unknown'] as const;
      for (const turn of round % 2 ? order : order.toReversed()) {
        await forgetTries();
        const { startedAt, endedAt, status } = await step(person, one(turn));
        if (status === 429 || status >= 500) throw new Error(`asked ${turn}, answered ${status}`);
        if (round >= WARM_UP) spent[turn === 'unknown' ? 'unknown' : 'known'].push(endedAt - startedAt);
      }
    }
    return spent;
  }

  it.each(TIMED.flatMap((kind) => TIMED_STEPS.map(([name, step]) => [name, kind, step] as const)))(
    '%s takes the same time for one who is %s',
    async (_, kind, step) => {
      expect(tellsApart(await timed(kind, step))).toEqual(false);
    },
    900_000,
  );

  it('would tell without the work that is done for nobody (planted fault)', async () => {
    const passwords = practice.get(PasswordService);
    const matches = passwords.matches.bind(passwords);
    jest
      .spyOn(passwords, 'matches')
      .mockImplementation((hash, password) => (hash ? matches(hash, password) : Promise.resolve(false)));
    expect(tellsApart(await timed('existing', STEPS[0][1]))).toEqual(true);
  }, 900_000);
});

interface Spent {
  readonly known: number[];
  readonly unknown: number[];
}

/** An answer without what differs from one to the next whoever asks: times, nonces, tokens, ids, and the address that was typed. */
function bare({ status, location, headers, text }: HttpAnswer, email: string): string {
  const plain = (part: string): string =>
    part
      .replaceAll(email, 'EMAIL')
      .replaceAll(email.replaceAll('=', '&#x3D;'), 'EMAIL')
      .replace(/nonce(=|-)"?[\w-]+/g, 'nonce')
      .replace(/(name="_csrf" value|name="csrf-token" content)="[^"]*"/g, 'token')
      .replace(/"challenge":"[^"]*"/, 'challenge')
      .replaceAll('&amp;', '&')
      .replace(/(state|nonce|code_challenge)(=|&#x3D;)[\w-]{43}/g, '$1')
      .replace(/[0-9a-f]{32}/g, 'request');
  const restless = /^(date|x-request-id|set-cookie|content-length|keep-alive|connection)$/;
  const kept = Array.from(headers)
    .filter(([name]) => !restless.test(name))
    .map(([name, value]) => [name, plain(value)]);
  // Values of cookies are random; which ones there are, for how long and how long they are is not.
  const cookies = headers
    .getSetCookie()
    .map((line) => line.replace(/=[^;]*/, (value) => `=${value.length}`).replace(/Expires=[^;]*/, ''));
  return JSON.stringify([status, location, kept, cookies, plain(text)]);
}

/**
 * Whether somebody who measured this often can tell. The middle half of the sorted tries is compared: one pause of the machine is not a
 * difference. Both must hold to count: larger than noise, and Welch's t beyond 4.
 */
function tellsApart({ known, unknown }: Spent): boolean {
  const [one, other] = [middle(known), middle(unknown)];
  const difference = Math.abs(mean(one) - mean(other));
  const t = difference / Math.sqrt(variance(one) / one.length + variance(other) / other.length);
  return difference > Math.max(NOISE_MS, NOISE_SHARE * mean(other)) && t > 4;
}

const middle = (values: readonly number[]): number[] => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.slice(Math.floor(sorted.length / 4), Math.ceil((3 * sorted.length) / 4));
};
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const variance = (values: readonly number[]): number => {
  const center = mean(values);
  return values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
};
