import { Scheduling1764000400001 } from './scheduling.js';

export const schedulingMigrations = [Scheduling1764000400001];
