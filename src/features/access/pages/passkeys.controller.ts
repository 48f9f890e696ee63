import { Body, Controller, Get, Header, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { Access, FreshAccess } from '@alcove/sdk';
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import { Length } from 'class-validator';
import type { Request, Response } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { readForm, type FormErrors } from '../../../platform/http/form.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { PracticeService } from '../../practice/public.js';
import { OwnAccountService } from '../accounts/own-account.service.js';
import { PasskeyChallenge } from '../factors/passkey-challenge.js';
import { LONGEST_LABEL, PasskeyService } from '../factors/passkey.service.js';
import { RecoveryCodeService } from '../factors/recovery-code.service.js';
import { RelyingParty } from '../factors/relying-party.js';
import { browserLabel } from '../sessions/browser-label.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import { layoutFor } from './account.view.js';
import { defaultLabel, onePasskeyView, staysBecause } from './passkeys.view.js';
import { secretField } from './secret-field.js';
import { isWait, waitOf } from './wait.js';

class LabelForm {
  @Length(1, LONGEST_LABEL, { message: 'access:passkey.fault.label' }) label: string;
}

/** One's own passkeys: adding, naming, removing. */
@Controller('account/passkeys')
export class PasskeysController {
  constructor(
    private readonly account: OwnAccountService,
    private readonly passkeys: PasskeyService,
    private readonly challenges: PasskeyChallenge,
    private readonly recoveryCodes: RecoveryCodeService,
    private readonly signIn: SignInService,
    private readonly practice: PracticeService,
    private readonly site: RelyingParty,
  ) {}

  @Get('new')
  @FreshAccess('account:self')
  showNew(@Who() who: Principal, @Req() request: Request): Page {
    return this.newPage(who, labelOf(request), null);
  }

  /** JSON for scripts: what the browser makes a passkey with. */
  @Post('options')
  @FreshAccess('account:self')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async options(
    @Who() who: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    const issuer = (await this.practice.current())?.name ?? 'Alcove';
    const challenge = this.challenges.issue(request, response, 'register');
    const names = { challenge, issuer, displayName: who.displayName };
    return this.passkeys.creationOptions(await this.account.load(who), names);
  }

  @Post()
  @FreshAccess('account:self')
  async add(
    @Who() who: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: unknown,
  ): Promise<Page> {
    const form = await readForm(LabelForm, body, { secret: ['answer'] });
    const label = form.ok ? form.value.label : labelOf(request);
    const challenge = await this.challenges.take(request, response, 'register');
    if (!(await this.passkeys.add(who, secretField(body, 'answer'), challenge, label)))
      return this.newPage(who, label, 'access:passkey.not-made');
    const codes = await this.recoveryCodes.left(who.id);
    throw new SeeOther(codes.left > 0 ? '/account?done=passkey' : '/account/recovery-codes?next=/account');
  }

  @Get(':id')
  @Access('account:self')
  show(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    return this.onePage(who, id, {}, 200);
  }

  @Post(':id')
  @Access('account:self')
  async rename(@Who() who: Principal, @Param('id') id: string, @Body() body: unknown): Promise<Page> {
    const form = await readForm(LabelForm, body);
    if (!form.ok) return this.onePage(who, id, form.errors, 422);
    await this.passkeys.rename(who, id, form.value.label);
    throw new SeeOther('/account?done=passkey-name');
  }

  @Post(':id/remove')
  @FreshAccess('account:self')
  async remove(
    @Who() who: Principal,
    @Param('id') id: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: unknown,
  ): Promise<Page> {
    await this.passkeys.one(who.id, id);
    const alone = await this.isLastFactor(who);
    const refusal = alone ? await this.passwordFault(who, id, request, response, body) : undefined;
    if (refusal) return refusal;
    await this.passkeys.remove(who, id, alone);
    throw new SeeOther('/account?done=passkey-off');
  }

  /** A page that asks again, or `undefined` when the password is right and long enough to stand alone. */
  private async passwordFault(
    who: Principal,
    id: string,
    request: Request,
    response: Response,
    body: unknown,
  ): Promise<Page | undefined> {
    const password = secretField(body, 'password');
    const own = await waitOf(() => this.signIn.isOwnPassword(request, who, password));
    if (isWait(own)) {
      response.setHeader('Retry-After', String(own.seconds));
      return this.onePage(who, id, { password: 'access:password.fault.wait' }, 429);
    }
    if (!own) return this.onePage(who, id, { password: 'access:password.fault.present' }, 422);
    if (this.account.isLongEnoughAlone(password)) return undefined;
    return this.onePage(who, id, { password: 'access:authenticator.fault.short' }, 422);
  }

  /** Without it the password would stand alone; accounts that must keep a second factor, or have no password, are refused later. */
  private async isLastFactor(who: Principal): Promise<boolean> {
    const [own, passkeys] = await Promise.all([this.account.read(who), this.passkeys.list(who.id)]);
    return passkeys.length === 1 && !own.authenticator && own.hasPassword && !own.mustKeepSecondFactor;
  }

  private newPage(who: Principal, label: string, refusal: string | null): Page {
    if (!this.site.available) throw notFound();
    return page(
      'access/passkey-new',
      { values: { label }, errors: {}, refusal },
      {
        layout: layoutFor(who),
        title: 'access:passkey.add',
        scripts: ['access/passkeys.js'],
        status: refusal === null ? 200 : 422,
      },
    );
  }

  private async onePage(who: Principal, id: string, errors: FormErrors, status: number): Promise<Page> {
    const passkey = await this.passkeys.one(who.id, id);
    const [own, all] = await Promise.all([this.account.read(who), this.passkeys.list(who.id)]);
    const stays = staysBecause(own, all.length);
    const alone = await this.isLastFactor(who);
    return page('access/passkey', onePasskeyView({ passkey, zone: who.timeZone ?? 'UTC', alone, stays, errors }), {
      layout: layoutFor(who),
      title: 'access:passkey.title',
      status,
    });
  }
}

const labelOf = (request: Request): string => defaultLabel(browserLabel(request.get('user-agent')));
