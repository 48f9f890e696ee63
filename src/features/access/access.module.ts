import { Global, Injectable, Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { LivingSessions } from '../../platform/access/living-sessions.js';
import { PermissionCatalog } from '../../platform/access/permission-catalog.js';
import { AccessGuard } from '../../platform/http/access.guard.js';
import { RouteTable } from '../../platform/http/route-table.js';
import { PeopleModule } from '../people/public.js';
import { PracticeModule } from '../practice/public.js';
import { ACCESS_OPTIONS, type AccessOptions } from './access.options.js';
import { ACCOUNTS_LIFE } from './accounts-life.module.js';
import { AccountPeople } from './accounts/account-people.js';
import { AccountPerson } from './accounts/account-person.js';
import { AccountRepository } from './accounts/account.repository.js';
import { AccountService } from './accounts/account.service.js';
import { KitService } from './setup/kit.service.js';
import { OwnAccountService } from './accounts/own-account.service.js';
import { AccountController } from './pages/account.controller.js';
import { AuthenticatorController } from './pages/authenticator.controller.js';
import { NamesController } from './pages/names.controller.js';
import { SetupController } from './pages/setup.controller.js';
import { SignInController } from './pages/sign-in.controller.js';
import { PasswordService } from './factors/password.service.js';
import { PERMISSIONS } from './roles/permissions.js';
import { RoleSets } from './roles/role-sets.service.js';
import { KnownBrowsers } from './sessions/known-browsers.service.js';
import { PgLivingSessions } from './sessions/living-sessions.service.js';
import { KeyDoor } from './service-keys/key-door.service.js';
import { KeyEndings } from './service-keys/key-endings.service.js';
import { KeyMeter } from './service-keys/key-meter.js';
import { Programs } from './service-keys/programs.service.js';
import { SessionService } from './sessions/session.service.js';
import { SetupService } from './setup/setup.service.js';
import { SignInService } from './sign-in/sign-in.service.js';
import { SignInThrottle } from './sign-in/sign-in-throttle.js';
import { TotpService } from './factors/totp.service.js';
import { OwnSignOnController } from './pages/sign-on/own-sign-on.controller.js';
import { SignOnController } from './pages/sign-on/sign-on.controller.js';
import { SignOnPages } from './pages/sign-on/sign-on.pages.js';
import { SignOnAttempts } from './single-sign-on/sign-on-attempts.js';
import { SignOnDoors } from './single-sign-on/sign-on-doors.js';
import { SignOnEntry } from './single-sign-on/sign-on-entry.service.js';
import { SignOnIdentities } from './single-sign-on/sign-on-identities.service.js';
import { SignOnNewcomers } from './single-sign-on/sign-on-newcomers.service.js';
import { SignOnProvider } from './single-sign-on/sign-on-provider.js';
import { SignOnSettingsService } from './single-sign-on/sign-on-settings.service.js';
import { SingleSignOn } from './single-sign-on/single-sign-on.service.js';
import { WAYS_IN } from './ways-in.module.js';

@Injectable()
class CorePermissions extends PermissionCatalog {
  private readonly keys: ReadonlySet<string> = new Set(Object.keys(PERMISSIONS));

  override known(): ReadonlySet<string> {
    return this.keys;
  }
}

/** Accounts, sessions, roles, and the guard in front of every route. Global: whoever mounts routes needs the table and the guard. */
@Global()
@Module({
  imports: [DiscoveryModule, PracticeModule, PeopleModule],
  controllers: [
    SignOnController,
    OwnSignOnController,
    SignInController,
    ...WAYS_IN.controllers,
    AccountController,
    AuthenticatorController,
    NamesController,
    SetupController,
    ...ACCOUNTS_LIFE.controllers,
  ],
  providers: [
    { provide: PermissionCatalog, useClass: CorePermissions },
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: LivingSessions, useClass: PgLivingSessions },
    KnownBrowsers,
    RouteTable,
    SignOnAttempts,
    SignOnDoors,
    SignOnEntry,
    SignOnIdentities,
    SignOnNewcomers,
    SignOnPages,
    SignOnProvider,
    SignOnSettingsService,
    SingleSignOn,
    AccountRepository,
    AccountPeople,
    AccountPerson,
    AccountService,
    OwnAccountService,
    PasswordService,
    TotpService,
    SessionService,
    RoleSets,
    Programs,
    KeyMeter,
    KeyDoor,
    KeyEndings,
    ...WAYS_IN.providers,
    SignInService,
    SignInThrottle,
    SetupService,
    KitService,
    ...ACCOUNTS_LIFE.providers,
  ],
  exports: [
    ...ACCOUNTS_LIFE.exports,
    SignOnIdentities,
    SignOnSettingsService,
    PermissionCatalog,
    RoleSets,
    Programs,
    KeyEndings,
    LivingSessions,
    RouteTable,
    AccountService,
    AccountPeople,
    AccountPerson,
    SessionService,
    ...WAYS_IN.exports,
    SetupService,
    KitService,
  ],
})
export class AccessModule {}

/** What the composition root decides, for the access feature. A module of its own: `AccessModule` itself is imported by name in many places. */
@Module({})
export class AccessOptionsModule {
  static forRoot(options: AccessOptions): DynamicModule {
    const provided = { provide: ACCESS_OPTIONS, useValue: options };
    return { module: AccessOptionsModule, global: true, providers: [provided], exports: [provided] };
  }
}
