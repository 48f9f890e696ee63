import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Route } from '../../../src/platform/http/route-table.js';

/** Who asks for an object, in the order of the columns of `test/access-objects.json`. All work with, or are, one client. */
export const ASKERS = [
  'anonymous',
  'enroll',
  'suspended',
  'owner',
  'assigned',
  'covering',
  'supervising',
  'former',
  'stranger',
  'scheduler',
  'biller',
  'it-admin',
  'client',
  'other-client',
  'guardian',
  'ex-guardian',
] as const;
export type Asker = (typeof ASKERS)[number];

/** `yes`: the handler worked on the object (a page, a redirect, a complaint about the form). `no`: 404. `login`: told to sign in. */
export const ANSWERS = ['yes', 'no', 'login', 'broken'] as const;
export type Answer = (typeof ANSWERS)[number];
export type AnswerRow = Readonly<Record<Asker, Answer>>;

/** Which object a route's parameters name. A route that is not here fails the test: somebody has to decide. */
const OBJECT_OF: readonly (readonly [RegExp, ObjectKind])[] = [
  [/ \/clients\/:id\/portal\/:accountId/, 'portal-account'],
  [/ \/clients\/:/, 'client'],
  [/ \/(appointments|sessions)\/:/, 'appointment'],
  [/ \/admin\/people\/:/, 'account'],
  [/ \/account\/sessions\/:/, 'session'],
  [/ \/admin\/practice\/locations\/:/, 'location'],
  [/ \/account\/passkeys\/:/, 'passkey'],
  [/ \/notices\/:/, 'notice'],
  [/ \/admin\/audit\/:seq/, 'audit-row'],
  [/ \/admin\/audit\/review\/findings\/:/, 'finding'],
  [/ \/admin\/emergency\/:/, 'emergency'],
  [/ \/admin\/programs\/:id\/keys\/:keyId/, 'program-key'],
  [/ \/admin\/programs\/:/, 'program'],
  [/ \/admin\/single-sign-on\/accounts\/:/, 'linked-account'],
];

/** Routes whose parameter names no object of the practice, with the reason; their own tests attack them. */
const NO_OBJECT: readonly RegExp[] = [
  // Secrets in links: unknown, used, replaced and foreign ones are attacked in test/medium/encounters and test/medium/access.
  / \/j\/:token/,
  // Names of plugins, for those who manage plugins; there is no object behind that some of them may not see.
  / \/admin\/plugins\/:/,
  // A role and a week are words and dates everybody knows; there is nothing to find out by guessing one.
  / \/admin\/roles\/:role/,
  / \/admin\/audit\/review\/:week/,
  // One-time links: unknown, used, expired and replaced ones are one answer in test/medium/access/invitations.spec.ts.
  / \/link\/:token/,
];

export const OBJECT_STATES = {
  client: ['active', 'ended'],
  appointment: ['booked', 'cancelled'],
  account: ['active', 'suspended'],
  session: ['own', 'other'],
  location: ['used'],
  'portal-account': ['theirs', 'another-clients'],
  passkey: ['own', 'other'],
  notice: ['own', 'other'],
  'audit-row': ['written'],
  finding: ['open'],
  emergency: ['open', 'closed'],
  program: ['active'],
  'program-key': ['active'],
  'linked-account': ['linked', 'not-linked'],
} as const;
export type ObjectKind = keyof typeof OBJECT_STATES;

/** The reviewed table: route, then state of the object, then one word per asker. */
export interface ObjectMatrix {
  readonly columns: readonly string[];
  readonly routes: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export function readObjectMatrix(): ObjectMatrix {
  const file = path.join(import.meta.dirname, '../../access-objects.json');
  return JSON.parse(readFileSync(file, 'utf8')) as ObjectMatrix;
}

/** Throws when the line does not have exactly one known answer per asker. */
export function parseAnswers(where: string, line: string): AnswerRow {
  const words = line.split(/\s+/);
  const wrong = words.filter((word) => !(ANSWERS as readonly string[]).includes(word));
  if (words.length !== ASKERS.length || wrong.length > 0)
    throw new Error(`access-objects.json, ${where}: needs ${ASKERS.length} answers, has "${line}"`);
  return Object.fromEntries(ASKERS.map((asker, index) => [asker, words[index]])) as Record<Asker, Answer>;
}

export const printAnswers = (row: AnswerRow): string => ASKERS.map((asker) => row[asker]).join(' ');

/** The kind of object a route works on; `undefined` for routes without parameters and for those that name no object. */
export function objectOf(route: Pick<Route, 'method' | 'path'>): ObjectKind | undefined {
  const name = `${route.method} ${route.path}`;
  if (!route.path.includes(':') || NO_OBJECT.some((pattern) => pattern.test(name))) return undefined;
  const found = OBJECT_OF.find(([pattern]) => pattern.test(name));
  if (!found) throw new Error(`${name}: say in object-matrix.ts which object its parameter names`);
  return found[1];
}
