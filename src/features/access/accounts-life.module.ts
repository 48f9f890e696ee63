import { AccountCare } from './accounts/account-care.service.js';
import { AccountEndings } from './accounts/account-endings.service.js';
import { AccountLines } from './accounts/account-lines.service.js';
import { NewPasswords } from './accounts/new-passwords.service.js';
import { PortalAccounts } from './accounts/portal-accounts.service.js';
import { FirstSignIn } from './invitations/first-sign-in.service.js';
import { Invitations } from './invitations/invitations.service.js';
import { LinkDelivery, ShownToMaker } from './links/link-delivery.js';
import { OneTimeLinks } from './links/one-time-links.service.js';
import { ForgottenController } from './pages/links/forgotten.controller.js';
import { LinkController } from './pages/links/link.controller.js';
import { OwnEmailController } from './pages/links/own-email.controller.js';
import { PortalAccountsController } from './pages/portal/portal-accounts.controller.js';
import { ConsoleRecovery } from './resets/console-recovery.service.js';
import { EmailChanges } from './resets/email-changes.service.js';
import { FactorResets } from './resets/factor-resets.service.js';
import { PasswordResets } from './resets/password-resets.service.js';
import { Recoveries } from './resets/recoveries.service.js';

/** What accounts live through, from invitation to closing: one part of the access module, listed here to keep that readable. */
export const ACCOUNTS_LIFE = {
  controllers: [LinkController, ForgottenController, OwnEmailController, PortalAccountsController],
  providers: [
    { provide: LinkDelivery, useClass: ShownToMaker },
    OneTimeLinks,
    AccountCare,
    AccountEndings,
    AccountLines,
    NewPasswords,
    PortalAccounts,
    Invitations,
    FirstSignIn,
    PasswordResets,
    EmailChanges,
    Recoveries,
    FactorResets,
    ConsoleRecovery,
  ],
  /** For the admin pages and the command line. */
  exports: [Invitations, PasswordResets, EmailChanges, Recoveries, ConsoleRecovery],
};
