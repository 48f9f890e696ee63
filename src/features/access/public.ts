/** What other features and the composition roots may use of access. */
export { AccessModule, AccessOptionsModule } from './access.module.js';
export type { AccessOptions } from './access.options.js';
export { accessMiddleware } from './sessions/access.middleware.js';
export { csrfMiddleware, csrfOf } from './sessions/csrf.middleware.js';
export { AccessGuard } from '../../platform/http/access.guard.js';
export { accessEntities } from './accounts/account.entity.js';
/** Who stands behind account ids: `of(ids)`, `staff()`, `holders(permission)`. Checks nobody's rights. */
export { AccountPeople, type AccountOwner } from './accounts/account-people.js';
export { AccountService, type NewAccount, type StaffAccount } from './accounts/account.service.js';
/** Accounts from invitation to closing, for the pages of whoever looks after them. */
export { Invitations, type Invited } from './invitations/invitations.service.js';
export type { IssuedLink } from './links/one-time-links.service.js';
export { linkShownPage, linkShownView } from './links/link-shown.js';
export { factorOf, recoveryHows } from './accounts/account-labels.js';
export { ConsoleRecovery, type ConsoleLinks } from './resets/console-recovery.service.js';
export { EmailChanges } from './resets/email-changes.service.js';
export { PasswordResets } from './resets/password-resets.service.js';
export { Recoveries } from './resets/recoveries.service.js';
export { RECOVERY_HOWS } from './resets/recovery.queries.js';
export { KitService } from './setup/kit.service.js';
export { RoleSets, type RoleSet, type WantedRole } from './roles/role-sets.service.js';
export { KeyEndings } from './service-keys/key-endings.service.js';
export { KEY_SCOPES, LONGEST_LIFE, type KeyScope } from './service-keys/key-scopes.js';
export { Programs, type ApiKey, type Program } from './service-keys/programs.service.js';
/** Where a sign-in goes on after one factor: `stageAfterPassword(account)`. */
export { EntryStage } from './sign-in/entry-stage.js';
/** Proving again: `ProofWays.register` adds a way to the page, `ProofAgain.goOn` ends it. */
export { ProofAgain } from './sign-in/proof-again.service.js';
export { ProofWays, type ProofWay } from './sign-in/proof-ways.js';
export { SessionService } from './sessions/session.service.js';
export { SetupService } from './setup/setup.service.js';
export { accessMigrations } from './migrations/index.js';
export { newTotpSecret, totpCode } from './factors/totp.js';
export {
  alwaysHolds,
  homeOf,
  isStaff,
  mayHold,
  OWNERS_ONLY,
  PERMISSIONS,
  permissionsOf,
  ROLE_PERMISSIONS,
  STAFF_ROLES,
  type Permission,
  type StaffRole,
} from './roles/permissions.js';
/** Single sign-on, for the owner's page. */
export { SignOnIdentities } from './single-sign-on/sign-on-identities.service.js';
export type { SignOnRules } from './single-sign-on/sign-on-rules.js';
export { SignOnSettingsService, type SignOnSettings } from './single-sign-on/sign-on-settings.service.js';
