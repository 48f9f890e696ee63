import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Who asks, in the order of the columns of `test/access-matrix.json`. */
export const CALLERS = [
  'anonymous',
  'half',
  'owner',
  'clinician',
  'supervisor',
  'scheduler',
  'biller',
  'it-admin',
  'client',
  'guardian',
] as const;
export type Caller = (typeof CALLERS)[number];

/**
 * How a request ended. The guard answers `sign-in`, `code`, `401` and `hidden`; everything else means that the handler was reached:
 * `ok` (2xx), `onwards` (a redirect), `unknown` (its own 404: the object of the request does not exist), `refused` (4xx: the empty
 * form, a state that does not allow it). `broken` (5xx) is never expected.
 */
export const OUTCOMES = ['sign-in', 'code', '401', 'hidden', 'ok', 'onwards', 'unknown', 'refused', 'broken'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export type Row = Readonly<Record<Caller, Outcome>>;

/** The reviewed table: one line per route, one word per caller. */
export interface AccessMatrix {
  readonly columns: readonly string[];
  /** `GET /clients/:id` to its words, in the order of the columns. */
  readonly routes: Readonly<Record<string, string>>;
}

export function readMatrix(): AccessMatrix {
  const file = path.join(import.meta.dirname, '../../access-matrix.json');
  return JSON.parse(readFileSync(file, 'utf8')) as AccessMatrix;
}

/** A line of the table as a row. Throws when it does not have exactly one known outcome per caller. */
export function parseRow(route: string, line: string): Row {
  const words = line.split(/\s+/);
  const wrong = words.filter((word) => !(OUTCOMES as readonly string[]).includes(word));
  if (words.length !== CALLERS.length || wrong.length > 0)
    throw new Error(`access-matrix.json, ${route}: needs ${CALLERS.length} outcomes, has "${line}"`);
  return Object.fromEntries(CALLERS.map((caller, index) => [caller, words[index]])) as Record<Caller, Outcome>;
}

export const printRow = (route: string, row: Row): string =>
  `    ${JSON.stringify(route)}: ${JSON.stringify(CALLERS.map((caller) => row[caller]).join(' '))}`;
