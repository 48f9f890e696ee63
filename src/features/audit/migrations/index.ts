import { AuditReading1764000700001 } from './reading.migration.js';
import { AuditReview1764000700002 } from './review.migration.js';

export const auditReviewMigrations = [AuditReading1764000700001, AuditReview1764000700002];
