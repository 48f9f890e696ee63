import { Body, Controller, Get, Header, HttpCode, Post, Req, Res } from '@nestjs/common';
import { Public } from '@alcove/sdk';
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import type { Request, Response } from 'express';
import { toString as qrToString } from 'qrcode';
import { notFound } from '../../../platform/errors/domain-error.js';
import type { FormErrors } from '../../../platform/http/form.js';
import { nextStep } from '../../../platform/http/session.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { PracticeService } from '../../practice/public.js';
import { RelyingParty } from '../factors/relying-party.js';
import { homeOf } from '../roles/permissions.js';
import { browserLabel } from '../sessions/browser-label.js';
import { Enrolment } from '../sign-in/enrolment.service.js';
import { enrolmentView } from './enrolment.view.js';
import { onwards } from './entry-pages.js';
import { defaultLabel } from './passkeys.view.js';
import { secretField } from './secret-field.js';

const REASON = 'setting up a second factor: shows and does nothing unless everything else that is asked for was right';

/** Between the password and the first page, for people who must set a second factor up first. */
@Controller('sign-in/second-factor')
export class EnrolmentController {
  constructor(
    private readonly enrolment: Enrolment,
    private readonly practice: PracticeService,
    private readonly site: RelyingParty,
  ) {}

  @Get()
  @Public(REASON)
  show(@Req() request: Request): Promise<Page> {
    requireEnrolment(request);
    return this.page(request, {}, null, 200);
  }

  /** The picture of the secret that is being set up; never stored by a browser or a proxy. */
  @Get('qr.svg')
  @Public(REASON)
  async picture(@Req() request: Request, @Res() response: Response): Promise<void> {
    requireEnrolment(request);
    const pending = await this.enrolment.pending(request, await this.issuer());
    if (!pending) throw notFound();
    response
      .type('image/svg+xml')
      .set({ 'Cache-Control': 'no-store' })
      .send(await qrToString(pending.uri, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 }));
  }

  @Post('app')
  @Public(REASON)
  async begin(@Req() request: Request): Promise<never> {
    requireEnrolment(request);
    await this.enrolment.beginAuthenticator(request);
    throw new SeeOther(nextStep('enroll'));
  }

  @Post('code')
  @Public(REASON)
  async confirm(@Req() request: Request, @Body() body: unknown): Promise<Page> {
    requireEnrolment(request);
    const code = secretField(body, 'code').slice(0, 32);
    if (await this.enrolment.confirmAuthenticator(request, code)) throw toRecoveryCodes(request);
    return this.page(request, { code: 'access:authenticator.fault.code' }, null, 422);
  }

  /** JSON for scripts: what the browser makes a passkey with. */
  @Post('passkey/options')
  @Public(REASON)
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  async options(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    requireEnrolment(request);
    return this.enrolment.passkeyOptions(request, response, await this.issuer());
  }

  @Post('passkey')
  @Public(REASON)
  async passkey(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: unknown,
  ): Promise<Page> {
    requireEnrolment(request);
    const label = defaultLabel(browserLabel(request.get('user-agent')));
    if (await this.enrolment.addPasskey(request, response, secretField(body, 'answer'), label))
      throw toRecoveryCodes(request);
    return this.page(request, {}, 'access:passkey.not-made', 422);
  }

  private async page(request: Request, errors: FormErrors, refusal: string | null, status: number): Promise<Page> {
    const pending = await this.enrolment.pending(request, await this.issuer());
    const passkeys = this.site.available;
    return page('access/enrolment', enrolmentView({ pending, passkeys, errors, refusal }), {
      layout: 'entry',
      title: 'access:enrolment.title',
      scripts: passkeys ? ['access/passkeys.js'] : [],
      status,
    });
  }

  private async issuer(): Promise<string> {
    return (await this.practice.current())?.name ?? 'Alcove';
  }
}

function requireEnrolment(request: Request): void {
  if (request.principal) throw new SeeOther(homeOf(request.principal.permissions));
  if (request.signedIn?.stage === 'half') throw new SeeOther(nextStep('half'));
  if (request.signedIn?.stage !== 'enroll') throw new SeeOther('/sign-in');
}

const toRecoveryCodes = (request: Request): SeeOther =>
  new SeeOther(
    `/account/recovery-codes?next=${encodeURIComponent(onwards(request, request.session.started?.next ?? null))}`,
  );
