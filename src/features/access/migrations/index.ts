import { Accounts1764000300001 } from './accounts.migration.js';
import { AccountsLife1764000300020 } from './accounts-life.migration.js';
import { Entering1764000300003 } from './entering.migration.js';
import { Factors1764000300010 } from './factors.migration.js';
import { KitConfirmation1764000300002 } from './kit-confirmation.migration.js';
import { KnownBrowsers1764000300051 } from './known-browsers.migration.js';
import { RateLimit1764000300050 } from './rate-limit.migration.js';
import { ServiceKeys1764000300040 } from './service-keys.migration.js';
import { SignOn1764000300030 } from './sign-on.migration.js';

/** Migrations of the access feature, in order. */
export const accessMigrations = [
  Accounts1764000300001,
  KitConfirmation1764000300002,
  Entering1764000300003,
  Factors1764000300010,
  AccountsLife1764000300020,
  SignOn1764000300030,
  ServiceKeys1764000300040,
  RateLimit1764000300050,
  KnownBrowsers1764000300051,
];
