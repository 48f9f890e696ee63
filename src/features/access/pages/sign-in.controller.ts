import { Body, Controller, Get, Header, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { Public } from '@alcove/sdk';
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import { IsEmail, MaxLength } from 'class-validator';
import type { Request, Response } from 'express';
import { readForm, type FormErrors, type FormValues } from '../../../platform/http/form.js';
import { nextStep } from '../../../platform/http/session.js';
import { sameSitePath, SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { RelyingParty } from '../factors/relying-party.js';
import { homeOf } from '../roles/permissions.js';
import { SetupService } from '../setup/setup.service.js';
import { PasskeyEntry } from '../sign-in/passkey-entry.service.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import { SessionService } from '../sessions/session.service.js';
import { SignOnDoors } from '../single-sign-on/sign-on-doors.js';
import { onwards, slowDown } from './entry-pages.js';
import { secretField } from './secret-field.js';
import { signInView } from './sign-in.view.js';
import { isWait, waitOf } from './wait.js';

class SignInForm {
  @IsEmail({}, { message: 'access:sign-in.fault.email' })
  @MaxLength(254, { message: 'access:sign-in.fault.email' })
  email: string;
}

/** Signing in and out. */
@Controller()
export class SignInController {
  constructor(
    private readonly signIn: SignInService,
    private readonly passkeys: PasskeyEntry,
    private readonly site: RelyingParty,
    private readonly sessions: SessionService,
    private readonly setup: SetupService,
    private readonly doors: SignOnDoors,
  ) {}

  @Get('sign-in')
  @Public('people sign in here')
  async show(@Req() request: Request, @Query('next') next: unknown): Promise<Page> {
    if (request.principal) throw new SeeOther(sameSitePath(next) ?? homeOf(request.principal.permissions));
    if (await this.setup.isOpen()) throw new SeeOther('/setup');
    return this.page(next, {}, {}, undefined);
  }

  @Post('sign-in')
  @Public('people sign in here; throttled per account and address')
  async password(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: unknown,
  ): Promise<Page> {
    const form = await readForm(SignInForm, body, { secret: ['password'] });
    const next = sameSitePath(form.values.next);
    const password = secretField(body, 'password');
    const errors: FormErrors =
      password === '' ? { ...form.errors, password: 'access:sign-in.fault.password' } : form.errors;
    if (!form.ok || password === '') return this.page(next, form.values, errors, undefined);
    // Passport reads the body itself: give it the validated address and the password exactly as typed.
    request.body = { email: form.value.email, password };
    const result = await waitOf(() => this.signIn.password(request, next ?? null));
    if (isWait(result)) return slowDown(response, result.seconds);
    if (result.kind === 'refused') return this.page(next, form.values, {}, 'access:sign-in.refused');
    throw new SeeOther(result.kind === 'unfinished' ? nextStep(result.stage) : onwards(request, result.next));
  }

  /** JSON for scripts: what the browser asks a passkey with. Says nothing about any account to somebody who has shown nothing. */
  @Post('sign-in/passkey/options')
  @Public('people sign in here; the same for everybody')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  options(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return this.passkeys.options(request, response);
  }

  @Post('sign-in/passkey')
  @Public('people sign in here; throttled per address, so that nobody can keep an owner of a passkey out')
  async passkey(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: unknown,
  ): Promise<Page> {
    const next = sameSitePath(secretField(body, 'next'));
    const typed = secretField(body, 'answer');
    const result = await waitOf(() => this.passkeys.enter(request, response, typed, next ?? null));
    if (isWait(result)) return slowDown(response, result.seconds);
    if (result.kind === 'in') throw new SeeOther(onwards(request, result.next));
    return this.page(next, {}, {}, 'access:sign-in.passkey-refused');
  }

  @Post('sign-out')
  @Public('anybody may end the session they have')
  async out(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<never> {
    if (request.signedIn) await this.sessions.end(request);
    // Pages and files of a signed-out person must not come back with the browser's back button.
    response.setHeader('Clear-Site-Data', '"cache", "storage"');
    throw new SeeOther('/sign-in');
  }

  private page(next: unknown, values: FormValues, errors: FormErrors, refusal: string | undefined): Page {
    const passkeys = this.site.available;
    const provider = this.doors.name;
    return page(
      'access/sign-in',
      signInView({ next: sameSitePath(next), values, errors, refusal, passkeys, provider }),
      {
        layout: 'entry',
        title: 'access:sign-in.title',
        scripts: passkeys ? ['access/passkeys.js'] : [],
        status: refusal || Object.keys(errors).length > 0 ? 422 : 200,
      },
    );
  }
}
