import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { PasswordService } from '../../../src/features/access/factors/password.service.js';
import { newId } from '../../../src/platform/ids.js';
import { scale } from '../../scale.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { HttpPerson, type HttpAnswer } from '../../support/http-person.js';
import { SmallPractice, type Somebody } from '../../support/small-practice.js';

/** A difference of the means that counts as noise: below both is not to be told apart over a network. */
const NOISE_MS = 2;
const NOISE_SHARE = 0.05;
const WRONG = 'not the password of anybody';

interface Asked {
  readonly kind: string;
  readonly email: string;
}

/** Whether answers to strangers tell that an account exists. */
describe('answers to strangers', () => {
  let booted: BootedApp;
  let practice: SmallPractice;
  let existing: Somebody;
  let suspended: Somebody;

  beforeAll(async () => {
    booted = await bootApp();
    practice = await SmallPractice.of(booted);
    existing = await practice.add('clinician');
    suspended = await practice.add('clinician');
    await practice
      .get(DataSource)
      .query(`UPDATE core.account SET state = 'suspended' WHERE id = $1`, [suspended.account]);
  }, 60_000);
  afterEach(() => void jest.restoreAllMocks());
  afterAll(async () => {
    await booted?.close();
  });

  const kinds = (): Asked[] => [
    { kind: 'existing', email: existing.email },
    { kind: 'suspended', email: suspended.email },
    { kind: 'unknown', email: `clinician-${newId()}@care.example` },
  ];
  /** Counters would slow the measurement down, not the answer. */
  const forgetTries = () => practice.get(DataSource).query('DELETE FROM core.rate_limit');

  /** What differs from one answer to the next whoever asks. */
  const bare = ({ status, location, headers, text }: HttpAnswer, email: string): string => {
    const restless = /^(date|x-request-id|set-cookie|content-security-policy|content-length|keep-alive|connection)$/;
    const kept = Array.from(headers).filter(([name]) => !restless.test(name));
    const body = text
      .replaceAll(email, 'EMAIL')
      .replaceAll(email.replaceAll('=', '&#x3D;'), 'EMAIL')
      .replace(/nonce="[^"]*"/g, 'nonce')
      .replace(/(name="_csrf" value|name="csrf-token" content)="[^"]*"/g, 'token')
      .replace(/[0-9a-f]{32}/g, 'request');
    return JSON.stringify([status, location, kept, body]);
  };

  const steps: readonly (readonly [string, (person: HttpPerson, email: string) => Promise<HttpAnswer>])[] = [
    ['signing in', (person, email) => person.post('/sign-in', { email, password: WRONG }, { frozen: true })],
    ['a forgotten password', (person, email) => person.post('/sign-in/forgot', { email }, { frozen: true })],
  ];

  it.each(steps)('%s says the same, byte for byte', async (_, step) => {
    const answers = new Map<string, string>();
    for (const { kind, email } of kinds()) {
      const person = new HttpPerson(booted.url);
      await person.get('/sign-in');
      answers.set(kind, bare(await step(person, email), email));
      await forgetTries();
    }
    expect(answers.get('existing')).toBe(answers.get('unknown'));
    expect(answers.get('suspended')).toBe(answers.get('unknown'));
    expect(answers.get('unknown')).not.toMatch(/^\[(404|5\d\d)/);
  });

  it('the options of a passkey say the same: they know no address', async () => {
    const person = new HttpPerson(booted.url);
    await person.get('/sign-in');
    const send = (email: string) =>
      person.post('/sign-in/passkey/options', { email }, { frozen: true, headers: { accept: 'application/json' } });
    const shapes = [];
    for (const { email } of kinds()) {
      const { status, text } = await send(email);
      shapes.push([status, text.replace(/"challenge":"[^"]*"/, 'challenge').replace(/[0-9a-f]{32}/, 'request')].join());
    }
    expect(new Set(shapes).size).toBe(1);
  });

  /** Mean milliseconds of an existing and of an unknown account, asked in turn, both orders. */
  async function timed(step: (typeof steps)[number][1]): Promise<{ existing: number[]; unknown: number[] }> {
    const person = new HttpPerson(booted.url);
    await person.get('/sign-in');
    const spent = { existing: [] as number[], unknown: [] as number[] };
    for (let round = 0; round < scale.timedTries + 5; round++) {
      const order = ['existing', 'unknown'] as const;
      for (const kind of round % 2 ? order : order.toReversed()) {
        await forgetTries();
        const email = kind === 'existing' ? existing.email : `clinician-${newId()}@care.example`;
        const { startedAt, endedAt } = await step(person, email);
        // The first ones warm the server up.
        if (round >= 5) spent[kind].push(endedAt - startedAt);
      }
    }
    return spent;
  }

  it.each(steps)(
    '%s takes the same time',
    async (_, step) => {
      const spent = await timed(step);
      expect(tellsApart(spent)).toEqual(false);
    },
    900_000,
  );

  it('would tell without the work that is done for nobody (planted fault)', async () => {
    const passwords = practice.get(PasswordService);
    const matches = passwords.matches.bind(passwords);
    jest
      .spyOn(passwords, 'matches')
      .mockImplementation((hash, password) => (hash ? matches(hash, password) : Promise.resolve(false)));
    expect(tellsApart(await timed(steps[0][1]))).toEqual(true);
  }, 900_000);
});

/**
 * Whether somebody who measured this often can tell. The middle half of the sorted tries is compared: one pause of the machine is not a
 * difference. Both must hold to count: larger than noise, and Welch's t beyond 4.
 */
function tellsApart({ existing, unknown }: { existing: number[]; unknown: number[] }): boolean {
  const [one, other] = [middle(existing), middle(unknown)];
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
