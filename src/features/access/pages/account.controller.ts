import { Body, Controller, Get, Param, Post, Query, Req, Res } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Request, Response } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
import type { FormErrors } from '../../../platform/http/form.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { OwnAccountService } from '../accounts/own-account.service.js';
import { PasskeyService } from '../factors/passkey.service.js';
import { RecoveryCodeService } from '../factors/recovery-code.service.js';
import { RelyingParty } from '../factors/relying-party.js';
import { homeOf } from '../roles/permissions.js';
import { SessionService } from '../sessions/session.service.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import { SignOnDoors } from '../single-sign-on/sign-on-doors.js';
import { accountView, layoutFor, passwordView } from './account.view.js';
import { secretField } from './secret-field.js';
import { isWait, waitOf } from './wait.js';

/** One's own account: the ways in, where one is signed in, the password. */
@Controller('account')
export class AccountController {
  constructor(
    private readonly account: OwnAccountService,
    private readonly sessions: SessionService,
    private readonly passkeys: PasskeyService,
    private readonly recoveryCodes: RecoveryCodeService,
    private readonly site: RelyingParty,
    private readonly doors: SignOnDoors,
    private readonly signIn: SignInService,
  ) {}

  @Get()
  @Access('account:self')
  async show(@Who() who: Principal, @Query('done') done: unknown): Promise<Page> {
    const [own, sessions, passkeys, recovery] = await Promise.all([
      this.account.read(who),
      this.sessions.list(who),
      this.passkeys.list(who.id),
      this.recoveryCodes.left(who.id),
    ]);
    const facts = {
      own,
      sessions,
      passkeys,
      recovery,
      passkeysPossible: this.site.available,
      provider: this.doors.name,
    };
    return page('access/account', accountView(who, facts, done), {
      layout: layoutFor(who),
      title: 'access:account.title',
    });
  }

  @Post('sessions/:ref/end')
  @Access('account:self')
  async end(@Who() who: Principal, @Param('ref') ref: string): Promise<never> {
    await this.sessions.revoke(who, ref);
    throw new SeeOther(ref === who.sessionId ? '/sign-in' : '/account?done=session');
  }

  @Post('sessions/end-others')
  @Access('account:self')
  async endOthers(@Who() who: Principal): Promise<never> {
    await this.sessions.revokeOthers(who);
    throw new SeeOther('/account?done=sessions');
  }

  @Get('password')
  @Access('account:self')
  async showPassword(@Who() who: Principal): Promise<Page> {
    return this.passwordPage(who, {}, 200);
  }

  @Post('password')
  @Access('account:self')
  async password(
    @Who() who: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: unknown,
  ): Promise<Page> {
    const wanted = secretField(body, 'wanted');
    if (wanted === '') return this.passwordPage(who, { wanted: 'access:password.fault.empty' }, 422);
    const own = await waitOf(() => this.signIn.isOwnPassword(request, who, secretField(body, 'present')));
    if (isWait(own)) {
      response.setHeader('Retry-After', String(own.seconds));
      return this.passwordPage(who, { present: 'access:password.fault.wait' }, 429);
    }
    if (!own) return this.passwordPage(who, { present: 'access:password.fault.present' }, 422);
    const fault = await this.account.changePassword(who, wanted);
    if (fault) return this.passwordPage(who, { wanted: fault }, 422);
    const entity = await this.account.load(who);
    // A new session id, so that whoever copied the old cookie is out as well.
    await this.sessions.start(request, entity, { stage: 'full', method: 'password' });
    throw new SeeOther('/account?done=password');
  }

  private async passwordPage(who: Principal, errors: FormErrors, status: number): Promise<Page> {
    const own = await this.account.read(who);
    return page('access/password', passwordView(own, errors, homeOf(who.permissions)), {
      layout: layoutFor(who),
      title: 'access:password.title',
      status,
    });
  }
}
