import { Notices1764001000001 } from './notices.migration.js';

/** Migrations of the notices feature, in order. */
export const noticesMigrations = [Notices1764001000001];
