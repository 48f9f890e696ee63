import type { QueryRunner } from 'typeorm';
import { quoted, quotedPath } from './identifiers.js';
import { readRoleFacts, type Held, type RoleFacts } from './role-facts.js';
import { EVERY_ROW_RIGHT, grantsByTable, RUNTIME_SCHEMAS, type TableGrants } from './table-grants.js';

/** One object on which a role may do more, or less, than it should. */
export interface GrantChange {
  /** `table core.audit_event`, in words and as it stands in a statement. */
  readonly object: string;
  readonly missing: readonly string[];
  readonly excess: readonly string[];
  /** What the owner says to set it right. */
  readonly statements: readonly string[];
}

/** All that differs from what should be; empty when everything is as it should be. */
export function grantChanges(facts: RoleFacts, declared: readonly TableGrants[]): GrantChange[] {
  const byTable = grantsByTable(declared);
  const role = quoted(facts.role);
  const inRuntimeSchemas = new Set<string>(RUNTIME_SCHEMAS);
  const change = (object: string, have: Held, wanted: readonly string[]): GrantChange | null => {
    const missing = wanted.filter((right) => !have.held.includes(right));
    const excess = have.held.filter((right) => !wanted.includes(right));
    if (missing.length === 0 && excess.length === 0) return null;
    return { object, missing, excess, statements: statementsFor({ object, role, wanted, excess }) };
  };
  return [
    change(`DATABASE ${quoted(facts.database.name)}`, facts.database, ['CONNECT']),
    ...facts.schemas.map((one) => {
      // In schemas of plugins and of others: nothing is given, and what was given there is theirs to know, except making things.
      const ours = inRuntimeSchemas.has(one.name) || one.name === 'public';
      const wanted = ours || one.held.includes('USAGE') ? ['USAGE'] : [];
      return change(`SCHEMA ${quoted(one.name)}`, one, wanted);
    }),
    ...facts.tables.map((one) =>
      change(`TABLE ${quotedPath(one.name)}`, one, byTable.get(one.name) ?? EVERY_ROW_RIGHT),
    ),
    ...facts.sequences.map((one) => change(`SEQUENCE ${quotedPath(one.name)}`, one, ['USAGE'])),
  ].filter((one) => one !== null);
}

interface Wish {
  readonly object: string;
  /** Quoted. */
  readonly role: string;
  readonly wanted: readonly string[];
  readonly excess: readonly string[];
}

/** What is taken from everybody is what the role could have through everybody; other people's roles keep the rest. */
function statementsFor({ object, role, wanted, excess }: Wish): string[] {
  const statements: string[] = [];
  if (excess.length > 0) statements.push(`REVOKE ${excess.join(', ')} ON ${object} FROM ${role}, PUBLIC`);
  if (wanted.length > 0) statements.push(`GRANT ${wanted.join(', ')} ON ${object} TO ${role}`);
  return statements;
}

/** What holds for tables that do not exist yet: nothing, until the grants that follow their migration. */
export function standingStatements(role: string): string[] {
  return RUNTIME_SCHEMAS.flatMap((schema) => [
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${quoted(schema)} REVOKE ALL ON TABLES FROM ${quoted(role)}, PUBLIC`,
    `GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${quoted(schema)} TO ${quoted(role)}`,
  ]);
}

/** Whether functions or default rights, which are set for whole schemas, have to be set again. */
async function needsStanding(runner: QueryRunner, facts: RoleFacts): Promise<boolean> {
  if (facts.functions.some(({ held }) => !held.includes('EXECUTE'))) return true;
  const [{ open }] = (await runner.query(
    `SELECT EXISTS (SELECT FROM pg_default_acl a JOIN pg_namespace n ON n.oid = a.defaclnamespace,
                    LATERAL aclexplode(a.defaclacl) AS x
                    WHERE a.defaclobjtype = 'r' AND n.nspname = ANY ($2)
                      AND (x.grantee = 0 OR x.grantee = (SELECT oid FROM pg_roles WHERE rolname = $1))) AS open`,
    [facts.role, [...RUNTIME_SCHEMAS]],
  )) as [{ open: boolean }];
  return open;
}

/**
 * Gives a role what the server needs and takes what it should not have, in one transaction, so that servers at work notice nothing.
 * Does nothing where all is as it should be. Call as the owner of the tables, after every migration.
 * @returns the objects that were changed.
 */
export async function applyGrants(
  runner: QueryRunner,
  role: string,
  declared: readonly TableGrants[],
): Promise<readonly string[]> {
  const facts = await readRoleFacts(runner, role);
  if (!facts) throw new Error('the runtime user does not exist');
  const changes = grantChanges(facts, declared);
  const standing = (await needsStanding(runner, facts)) ? standingStatements(role) : [];
  const statements = [...standing, ...changes.flatMap((change) => change.statements)];
  if (statements.length === 0) return [];
  await runner.startTransaction();
  try {
    for (const statement of statements) await runner.query(statement);
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
  return changes.map(({ object }) => object);
}
