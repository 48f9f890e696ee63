import { Global, Injectable, Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { PermissionCatalog } from '../../platform/access/permission-catalog.js';
import { AccessGuard } from '../../platform/http/access.guard.js';
import { RouteTable } from '../../platform/http/route-table.js';
import { PeopleModule } from '../people/public.js';
import { PracticeModule } from '../practice/public.js';
import { AccountPerson } from './account-person.js';
import { AccountRepository } from './account.repository.js';
import { AccountService } from './account.service.js';
import { KitService } from './kit.service.js';
import { OwnAccountService } from './own-account.service.js';
import { AccountController } from './pages/account.controller.js';
import { AuthenticatorController } from './pages/authenticator.controller.js';
import { NamesController } from './pages/names.controller.js';
import { SetupController } from './pages/setup.controller.js';
import { SignInController } from './pages/sign-in.controller.js';
import { PasswordService } from './password.service.js';
import { PERMISSIONS } from './permissions.js';
import { SessionService } from './session.service.js';
import { SetupService } from './setup.service.js';
import { SignInService } from './sign-in.service.js';
import { SignInThrottle } from './sign-in-throttle.js';
import { TotpService } from './totp.service.js';

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
  exports: [PermissionCatalog, RouteTable, AccountService, AccountPerson, SessionService, SetupService, KitService],
})
export class AccessModule {}
