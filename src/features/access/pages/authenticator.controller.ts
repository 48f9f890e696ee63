import { Body, Controller, Get, Header, Post, Req, Res } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Request, Response } from 'express';
import { toString as qrToString } from 'qrcode';
import type { Principal } from '../../../platform/access/principal.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import type { FormErrors } from '../../../platform/http/form.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { PracticeService } from '../../practice/public.js';
import { OwnAccountService } from '../accounts/own-account.service.js';
import { SessionService } from '../sessions/session.service.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import { PasskeyService } from '../factors/passkey.service.js';
import { RecoveryCodeService } from '../factors/recovery-code.service.js';
import { TotpService } from '../factors/totp.service.js';
import { layoutFor } from './account.view.js';
import { authenticatorView } from './authenticator.view.js';
import { secretField } from './secret-field.js';
import { isWait, waitOf } from './wait.js';

/** Setting the authenticator app up, moving it to a new phone, turning it off. */
@Controller('account/authenticator')
export class AuthenticatorController {
  constructor(
    private readonly account: OwnAccountService,
    private readonly totp: TotpService,
    private readonly passkeys: PasskeyService,
    private readonly recoveryCodes: RecoveryCodeService,
    private readonly signIn: SignInService,
    private readonly sessions: SessionService,
    private readonly practice: PracticeService,
  ) {}

  @Get()
  @Access('account:self')
  show(@Who() who: Principal): Promise<Page> {
    return this.page(who, {}, 200);
  }

  /** The picture of the secret that is being set up; never stored by a browser or a proxy. */
  @Get('qr.svg')
  @Access('account:self')
  @Header('Content-Type', 'image/svg+xml')
  @Header('Cache-Control', 'no-store')
  async picture(@Who() who: Principal, @Res() response: Response): Promise<void> {
    const pending = await this.totp.pending(who, await this.issuer());
    if (!pending) throw notFound();
    response.send(await qrToString(pending.uri, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 }));
  }

  @Post()
  @Access('account:self')
  async begin(
    @Who() who: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: unknown,
  ): Promise<Page> {
    const refusal = await this.passwordFault(who, request, response, body);
    if (refusal) return refusal;
    await this.totp.begin(who);
    throw new SeeOther('/account/authenticator');
  }

  @Post('confirm')
  @Access('account:self')
  async confirm(@Who() who: Principal, @Req() request: Request, @Body() body: unknown): Promise<Page> {
    const code = secretField(body, 'code').slice(0, 32);
    if (!(await this.totp.confirm(who, code))) return this.page(who, { code: 'access:authenticator.fault.code' }, 422);
    await this.sessions.start(request, await this.account.load(who), { stage: 'full', method: 'code' });
    const codes = await this.recoveryCodes.left(who.id);
    throw new SeeOther(codes.left > 0 ? '/account?done=authenticator' : '/account/recovery-codes?next=/account');
  }

  @Post('remove')
  @Access('account:self')
  async remove(
    @Who() who: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: unknown,
  ): Promise<Page> {
    const refusal = await this.passwordFault(who, request, response, body);
    if (refusal) return refusal;
    const alone = (await this.passkeys.list(who.id)).length === 0;
    if (alone && !this.account.isLongEnoughAlone(secretField(body, 'password')))
      return this.page(who, { password: 'access:authenticator.fault.short' }, 422);
    const entity = await this.account.load(who);
    if (!(await this.totp.use(who, entity, secretField(body, 'last').slice(0, 32))))
      return this.page(who, { last: 'access:authenticator.fault.code' }, 422);
    await this.totp.remove(who);
    await this.sessions.start(request, entity, { stage: 'full', method: 'code' });
    throw new SeeOther('/account?done=authenticator-off');
  }

  /** A page that asks again, or `undefined` when the password is right. */
  private async passwordFault(
    who: Principal,
    request: Request,
    response: Response,
    body: unknown,
  ): Promise<Page | undefined> {
    const own = await waitOf(() => this.signIn.isOwnPassword(request, who, secretField(body, 'password')));
    if (own === true) return undefined;
    if (!isWait(own)) return this.page(who, { password: 'access:password.fault.present' }, 422);
    response.setHeader('Retry-After', String(own.seconds));
    return this.page(who, { password: 'access:password.fault.wait' }, 429);
  }

  private async page(who: Principal, errors: FormErrors, status: number): Promise<Page> {
    const [own, pending, passkeys] = await Promise.all([
      this.account.read(who),
      this.totp.pending(who, await this.issuer()),
      this.passkeys.list(who.id),
    ]);
    return page('access/authenticator', authenticatorView(own, passkeys.length, pending, errors), {
      layout: layoutFor(who),
      title: 'access:authenticator.title',
      status,
    });
  }

  private async issuer(): Promise<string> {
    return (await this.practice.current())?.name ?? 'Alcove';
  }
}
