import { appendOnly, type TableGrants } from '../../database/roles/table-grants.js';
import { Audit1764000030001 } from './1764000030001-audit.js';

export const auditMigrations = [Audit1764000030001];

/** The runtime user writes rows and batches once; off the list of what waits, it may take. */
export const auditGrants: readonly TableGrants[] = [
  appendOnly('core.audit_event'),
  appendOnly('core.audit_batch'),
  { table: 'core.audit_pending', grants: ['SELECT', 'INSERT', 'DELETE'] },
];
