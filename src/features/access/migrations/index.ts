import { Accounts1764000300001 } from './accounts.migration.js';
import { Entering1764000300003 } from './entering.migration.js';
import { KitConfirmation1764000300002 } from './kit-confirmation.migration.js';

/** Migrations of the access feature, in order. */
export const accessMigrations = [Accounts1764000300001, KitConfirmation1764000300002, Entering1764000300003];
