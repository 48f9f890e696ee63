import { kernelMigrations } from './kernel/migrations/index.js';
import { accessMigrations } from './features/access/migrations/index.js';
import { auditReviewMigrations } from './features/audit/migrations/index.js';
import { encountersMigrations } from './features/encounters/migrations/index.js';
import { noticesMigrations } from './features/notices/migrations/index.js';
import { peopleMigrations } from './features/people/migrations/index.js';
import { practiceMigrations } from './features/practice/migrations/index.js';
import { schedulingMigrations } from './features/scheduling/migrations/index.js';
import { auditGrants, auditMigrations } from './platform/audit/migrations/index.js';
import { cryptoMigrations } from './platform/crypto/migrations/index.js';
import type { MigrationLists } from './platform/database/migrate.js';
import { platformGrants, platformKernelMigrations, platformMigrations } from './platform/database/migrations/index.js';
import type { DatabasePlan } from './platform/database/prepare-database.js';
import { installJobs } from './platform/jobs/install-jobs.js';

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
    ...noticesMigrations,
    ...schedulingMigrations,
    ...encountersMigrations,
    ...auditReviewMigrations,
  ],
};

/** What the owner of the database does at every start. A table whose rows are written once is one line in the grants of its feature. */
export const DATABASE_PLAN: DatabasePlan = {
  migrations: MIGRATIONS,
  installers: [installJobs],
  grants: [...platformGrants, ...auditGrants],
};
