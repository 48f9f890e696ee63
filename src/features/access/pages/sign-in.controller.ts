import { Body, Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { Public } from '@alcove/sdk';
import { IsEmail, MaxLength } from 'class-validator';
import type { Request, Response } from 'express';
import { readForm, type FormErrors, type FormValues } from '../../../platform/http/form.js';
import { sameSitePath, SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { homeOf, permissionsOf } from '../roles/permissions.js';
import { SetupService } from '../setup/setup.service.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import { SessionService } from '../sessions/session.service.js';
import { secretField } from './secret-field.js';
import { codeView, signInView, slowDownView } from './sign-in.view.js';
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
    private readonly sessions: SessionService,
    private readonly setup: SetupService,
  ) {}

  @Get('sign-in')
  @Public('people sign in here')
  async show(@Req() request: Request, @Query('next') next: unknown): Promise<Page> {
    if (request.principal) throw new SeeOther(sameSitePath(next) ?? homeOf(request.principal.permissions));
    if (await this.setup.isOpen()) throw new SeeOther('/setup');
    return signInPage(next, {}, {}, undefined);
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
    if (!form.ok || password === '') return signInPage(next, form.values, errors, undefined);
    // Passport reads the body itself: give it the validated address and the password exactly as typed.
    request.body = { email: form.value.email, password };
    const result = await waitOf(() => this.signIn.password(request, next ?? null));
    if (isWait(result)) return slowDown(response, result.seconds);
    if (result.kind === 'refused') return signInPage(next, form.values, {}, 'access:sign-in.refused');
    throw new SeeOther(result.kind === 'code' ? '/sign-in/code' : onwards(request, result.next));
  }

  @Get('sign-in/code')
  @Public('second step: shows nothing without a right password before it')
  showCode(@Req() request: Request): Page {
    requireHalf(request);
    return codePage({});
  }

  @Post('sign-in/code')
  @Public('second step: does nothing without a right password before it; throttled')
  async code(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: unknown,
  ): Promise<Page> {
    requireHalf(request);
    const typed = secretField(body, 'code').slice(0, 32);
    if (typed.trim() === '') return codePage({ code: 'access:code.fault.empty' });
    const result = await waitOf(() => this.signIn.code(request, typed));
    if (isWait(result)) return slowDown(response, result.seconds);
    if (result.kind === 'in') throw new SeeOther(onwards(request, result.next));
    return codePage({ code: 'access:code.fault.wrong' });
  }

  @Post('sign-out')
  @Public('anybody may end the session they have')
  async out(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<never> {
    if (request.signedIn) await this.sessions.end(request);
    // Pages and files of a signed-out person must not come back with the browser's back button.
    response.setHeader('Clear-Site-Data', '"cache", "storage"');
    throw new SeeOther('/sign-in');
  }
}

/** After the session was started the request itself still has none, so the way on comes from what was stored. */
function onwards(request: Request, next: string | null): string {
  const { started } = request.session;
  if (next !== null) return next;
  return started ? homeOf(permissionsOf(started.account.role, false)) : '/';
}

function requireHalf(request: Request): void {
  if (request.principal) throw new SeeOther(homeOf(request.principal.permissions));
  if (request.signedIn?.stage !== 'half') throw new SeeOther('/sign-in');
}

const signInPage = (next: unknown, values: FormValues, errors: FormErrors, refusal: string | undefined): Page =>
  page('access/sign-in', signInView({ next: sameSitePath(next), values, errors, refusal }), {
    layout: 'entry',
    title: 'access:sign-in.title',
    status: refusal || Object.keys(errors).length > 0 ? 422 : 200,
  });

const codePage = (errors: FormErrors): Page =>
  page('access/code', codeView(errors), {
    layout: 'entry',
    title: 'access:code.title',
    status: Object.keys(errors).length > 0 ? 422 : 200,
  });

function slowDown(response: Response, seconds: number): Page {
  response.setHeader('Retry-After', String(seconds));
  return page('access/slow-down', slowDownView(seconds), {
    layout: 'entry',
    title: 'access:slow-down.title',
    status: 429,
  });
}
