/** What the runtime user may do with the rows of a table. There is no way to ask for more: no TRUNCATE, no TRIGGER, no REFERENCES. */
export type RowRight = 'SELECT' | 'INSERT' | 'UPDATE' | 'DELETE';

/** What the runtime user may do with one table, where that is less than everything. Declared beside the migration that makes the table. */
export interface TableGrants {
  /** `schema.table`. */
  readonly table: string;
  readonly grants: readonly RowRight[];
}

/** Schemas the runtime user works in. Each table of them gets `EVERY_ROW_RIGHT` unless it is declared. */
export const RUNTIME_SCHEMAS = ['kernel', 'core', 'jobs'] as const;

export const EVERY_ROW_RIGHT: readonly RowRight[] = ['SELECT', 'INSERT', 'UPDATE', 'DELETE'];

/**
 * Rows that are written once and never changed: a record, a signed document. Give the table a trigger of `core.refuse_change()`, too,
 * since its owner is not bound by grants; `alcove doctor` misses it otherwise.
 */
export const appendOnly = (table: string): TableGrants => ({ table, grants: ['SELECT', 'INSERT'] });

/** Rows the runtime user reads and nothing else. */
export const readOnly = (table: string): TableGrants => ({ table, grants: ['SELECT'] });

/** The rights each declared table gets. @throws Error when one table is declared twice. */
export function grantsByTable(declared: readonly TableGrants[]): ReadonlyMap<string, readonly RowRight[]> {
  const byTable = new Map<string, readonly RowRight[]>();
  for (const { table, grants } of declared) {
    if (byTable.has(table)) throw new Error(`the rights on ${table} are declared twice`);
    byTable.set(table, grants);
  }
  return byTable;
}
