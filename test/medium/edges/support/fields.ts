import { globSync, readFileSync } from 'node:fs';

/** Every name of a field in any template: what a form of ours can carry, whichever page it is on. */
export function fieldNames(): string[] {
  const names = new Set<string>();
  for (const file of globSync('src/**/*.hbs'))
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/\bname="([A-Za-z][\w-]*)"/g)) names.add(name);
  return [...names].sort();
}

/** Columns no form may ever set, as people who know ORMs try them. */
export const COLUMNS = [
  'id',
  'role',
  'state',
  'permissions',
  'accountId',
  'account_id',
  'personId',
  'person_id',
  'emailIndex',
  'passwordHash',
  'password_hash',
  'totpEnc',
  'version',
  'createdBy',
  'created_at',
  'clinicianId',
  'isAdmin',
  'stage',
  'provedAt',
] as const;

const HUGE = 'x'.repeat(100_000);

/** Values a text field is not made for, as JSON or as a form would carry them. */
export const HOSTILE_VALUES: readonly (readonly [string, unknown])[] = [
  ['an object', { $ne: '' }],
  ['an object that looks like a text', { toString: 'x', length: 3 }],
  ['a list', ['a', 'b']],
  ['an empty list', []],
  ['nested lists', [[[['a']]]]],
  ['null', null],
  ['true', true],
  ['a number beyond 2^53', 2 ** 54],
  ['a number that is none', -0.5e308],
  ['a NUL', 'a\u0000b'],
  ['a lone surrogate', 'a\ud800b'],
  ['a day that does not exist', '2026-02-30'],
  ['a far year', '999999-01-01T25:61:61Z'],
  ['a huge text', HUGE],
  ['SQL', `'; DROP TABLE core.account; --`],
  ['SQL in an order', '1 ASC, (SELECT pg_sleep(5))'],
  ['a template', '{{constructor.constructor "return process"}}'],
  ['markup', '"><script>alert(1)</script>'],
  ['direction marks', '\u202e\u2066abc\u2069'],
  ['a line break', 'a\r\nSet-Cookie: x=y'],
  ['a formula', '=HYPERLINK("http://evil.example")'],
];

/** `{"a":{"a":…}}`, as deep as asked. */
export const deepJson = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`;
