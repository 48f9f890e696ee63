/** What the composition roots may use of the audit's pages. */
export { AuditReviewModule } from './audit.module.js';
export { auditReviewMigrations } from './migrations/index.js';
