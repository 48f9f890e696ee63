/** What other features and the composition roots may use of access. */
export { AccessModule } from './access.module.js';
export type { AccessOptions } from './access.options.js';
export { accessMiddleware } from './sessions/access.middleware.js';
export { csrfMiddleware, csrfOf } from './sessions/csrf.middleware.js';
export { AccessGuard } from '../../platform/http/access.guard.js';
export { accessEntities } from './accounts/account.entity.js';
/** Who stands behind account ids: `of(ids)`, `staff()`, `holders(permission)`. Checks nobody's rights. */
export { AccountPeople, type AccountOwner } from './accounts/account-people.js';
export { AccountService, type NewAccount, type StaffAccount } from './accounts/account.service.js';
export { KitService } from './setup/kit.service.js';
export { SessionService } from './sessions/session.service.js';
export { SetupService } from './setup/setup.service.js';
export { accessMigrations } from './migrations/index.js';
export { newTotpSecret, totpCode } from './factors/totp.js';
export {
  homeOf,
  isStaff,
  PERMISSIONS,
  permissionsOf,
  ROLE_PERMISSIONS,
  STAFF_ROLES,
  type Permission,
  type StaffRole,
} from './roles/permissions.js';
