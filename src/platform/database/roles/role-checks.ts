import { grantChanges, type GrantChange } from './grants.js';
import { quoted } from './identifiers.js';
import type { RoleFacts } from './role-facts.js';
import { EVERY_ROW_RIGHT, type TableGrants } from './table-grants.js';

/** One thing that should hold of the runtime user. */
export interface RoleCheck {
  /** Short name, stable for programs. */
  readonly check: string;
  readonly holds: boolean;
  /** One sentence; where it does not hold, with what to do. */
  readonly text: string;
}

/** All checks of a runtime user that is not the owner. Pure: the facts are read before. */
export function roleChecks(facts: RoleFacts, declared: readonly TableGrants[]): RoleCheck[] {
  const { role, attributes, memberOf, owns } = facts;
  const changes = grantChanges(facts, declared);
  const onRows = changes.filter(({ object }) => /^(TABLE|SEQUENCE) /.test(object));
  const onPlaces = changes.filter(({ object }) => /^(DATABASE|SCHEMA) /.test(object));
  const definers = facts.functions.filter(({ held }) => held.length === 2).map(({ name }) => name);
  const who = quoted(role);
  return [
    check('db-attributes', attributes, {
      good: `${role} is an ordinary user of PostgreSQL.`,
      bad: `${role} is more than an ordinary user (${attributes.join(', ')}): ALTER ROLE ${who} ${attributes.map((word) => `NO${word}`).join(' ')};`,
    }),
    check('db-membership', memberOf, {
      good: `${role} can act as nobody else.`,
      bad: `${role} can act as ${memberOf.join(', ')}: REVOKE ${memberOf.map(quoted).join(', ')} FROM ${who};`,
    }),
    check('db-ownership', owns, {
      good: `${role} owns nothing.`,
      bad: `${role} owns ${owns.join(', ')}: REASSIGN OWNED BY ${who} TO ${quoted(facts.reader)};`,
    }),
    check('db-making', onPlaces, {
      good: `${role} can make no table, no schema and no function.`,
      bad: `${role} ${inWords(onPlaces)}`,
    }),
    check('db-rows', onRows, {
      good: `${role} has exactly its rights on ${facts.tables.length} tables.`,
      bad: `${role} ${inWords(onRows)}`,
    }),
    check('db-definers', definers, {
      good: `No function lends ${role} the rights of another.`,
      bad: `${definers.join(', ')} lend the rights of their owner: ALTER FUNCTION ... SECURITY INVOKER;`,
    }),
  ];
}

/** Whether rows that are written once are guarded from their owner, too. Holds of the database, whoever works in it. */
export function guardCheck(facts: RoleFacts, declared: readonly TableGrants[]): RoleCheck {
  const there = new Set(facts.tables.map(({ name }) => name));
  const open = declared
    .filter(({ table, grants }) => there.has(table) && grants.includes('INSERT'))
    .flatMap(({ table, grants }) => {
      const refused = [...EVERY_ROW_RIGHT.filter((right) => !grants.includes(right)), 'TRUNCATE'];
      const missing = refused.filter((word) => !(facts.guards.get(table) ?? []).includes(word));
      return missing.length > 0 ? [`${table} (${missing.join(', ')})`] : [];
    });
  return check('db-guards', open, {
    good: 'Triggers refuse to change what is written once, whoever asks.',
    bad: `No enabled trigger guards ${open.join(', ')}: find out who removed it, and run "alcove audit verify".`,
  });
}

const check = (name: string, found: readonly unknown[], text: { good: string; bad: string }): RoleCheck => ({
  check: name,
  holds: found.length === 0,
  text: found.length === 0 ? text.good : text.bad,
});

/** At most three objects; the statements that mend them all are one command away. */
function inWords(changes: readonly GrantChange[]): string {
  const some = changes
    .slice(0, 3)
    .map(({ object, missing, excess }) =>
      [
        ...(excess.length > 0 ? [`can ${excess.join(', ')} on ${object}`] : []),
        ...(missing.length > 0 ? [`cannot ${missing.join(', ')} on ${object}`] : []),
      ].join(' and '),
    );
  const more = changes.length > some.length ? `, and ${changes.length - some.length} more` : '';
  return `${some.join('; ')}${more}: restart the server, or run what "alcove db roles --sql" prints.`;
}
