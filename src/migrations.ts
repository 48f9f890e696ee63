import { kernelMigrations } from './kernel/migrations/index.js';
import { accessMigrations } from './features/access/migrations/index.js';
import { encountersMigrations } from './features/encounters/migrations/index.js';
import { peopleMigrations } from './features/people/migrations/index.js';
import { practiceMigrations } from './features/practice/migrations/index.js';
import { schedulingMigrations } from './features/scheduling/migrations/index.js';
import { auditMigrations } from './platform/audit/migrations/index.js';
import { cryptoMigrations } from './platform/crypto/migrations/index.js';
import type { MigrationLists } from './platform/database/migrate.js';
import { platformKernelMigrations, platformMigrations } from './platform/database/migrations/index.js';

/** Every migration of the server by schema; their numbers, not this order, say which comes first. Plugins have lists of their own. */
export const MIGRATIONS: MigrationLists = {
  kernel: [...platformKernelMigrations, ...kernelMigrations],
  core: [
    ...platformMigrations,
    ...cryptoMigrations,
    ...auditMigrations,
    ...practiceMigrations,
    ...peopleMigrations,
    ...accessMigrations,
    ...schedulingMigrations,
    ...encountersMigrations,
  ],
};
