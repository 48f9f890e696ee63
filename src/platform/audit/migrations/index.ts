import { Audit1764000030001 } from './1764000030001-audit.js';

export const auditMigrations = [Audit1764000030001];
