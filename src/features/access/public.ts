/** What other features and the composition roots may use of access. */
export { AccessModule } from './access.module.js';
export { accessMiddleware } from './access.middleware.js';
export { csrfMiddleware, csrfOf } from './csrf.middleware.js';
export { AccessGuard } from '../../platform/http/access.guard.js';
export { accessEntities } from './account.entity.js';
export { AccountService, type NewAccount, type StaffAccount } from './account.service.js';
export { KitService } from './kit.service.js';
export { SessionService } from './session.service.js';
export { SetupService } from './setup.service.js';
export { accessMigrations } from './migrations/index.js';
export { newTotpSecret, totpCode } from './totp.js';
export {
  homeOf,
  isStaff,
  PERMISSIONS,
  permissionsOf,
  ROLE_PERMISSIONS,
  STAFF_ROLES,
  type Permission,
  type StaffRole,
} from './permissions.js';
