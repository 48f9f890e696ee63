import { Global, Injectable, Module, type DynamicModule } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { PermissionCatalog } from '../../platform/access/permission-catalog.js';
import { AccessGuard } from '../../platform/http/access.guard.js';
import { RouteTable } from '../../platform/http/route-table.js';
import { PeopleModule } from '../people/public.js';
import { PracticeModule } from '../practice/public.js';
import { ACCESS_OPTIONS, type AccessOptions } from './access.options.js';
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
import { SessionService } from './sessions/session.service.js';
import { SetupService } from './setup/setup.service.js';
import { SignInService } from './sign-in/sign-in.service.js';
import { SignInThrottle } from './sign-in/sign-in-throttle.js';
import { TotpService } from './factors/totp.service.js';

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
  controllers: [SignInController, AccountController, AuthenticatorController, NamesController, SetupController],
  providers: [
    { provide: PermissionCatalog, useClass: CorePermissions },
    { provide: APP_GUARD, useClass: AccessGuard },
    RouteTable,
    AccountRepository,
    AccountPeople,
    AccountPerson,
    AccountService,
    OwnAccountService,
    PasswordService,
    TotpService,
    SessionService,
    SignInService,
    SignInThrottle,
    SetupService,
    KitService,
  ],
  exports: [PermissionCatalog, RouteTable, AccountService, AccountPeople, AccountPerson, SessionService, SetupService, KitService],
})
export class AccessModule {
  static forRoot(options: AccessOptions): DynamicModule {
    const provided = { provide: ACCESS_OPTIONS, useValue: options };
    return { module: AccessModule, providers: [provided], exports: [provided] };
  }
}
