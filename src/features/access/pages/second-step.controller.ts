import { Body, Controller, Get, Post, Req, Res } from '@nestjs/common';
import { Public } from '@alcove/sdk';
import type { Request, Response } from 'express';
import type { FormErrors } from '../../../platform/http/form.js';
import { nextStep } from '../../../platform/http/session.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { RelyingParty } from '../factors/relying-party.js';
import { homeOf } from '../roles/permissions.js';
import { SecondStep, type SecondSteps } from '../sign-in/second-step.service.js';
import { SignInService } from '../sign-in/sign-in.service.js';
import { onwards, slowDown } from './entry-pages.js';
import { secretField } from './secret-field.js';
import { codeView, recoveryCodeView } from './sign-in.view.js';
import { isWait, waitOf } from './wait.js';

/** The second step of signing in: a code, a passkey or a code from paper. */
@Controller('sign-in')
export class SecondStepController {
  constructor(
    private readonly signIn: SignInService,
    private readonly steps: SecondStep,
    private readonly site: RelyingParty,
  ) {}

  @Get('code')
  @Public('second step: shows nothing without a right password before it')
  async show(@Req() request: Request): Promise<Page> {
    requireHalf(request);
    return this.codePage(await this.ways(request), {});
  }

  @Post('code')
  @Public('second step: does nothing without a right password before it; throttled')
  async code(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: unknown,
  ): Promise<Page> {
    requireHalf(request);
    const ways = await this.ways(request);
    const typed = secretField(body, 'code').slice(0, 32);
    if (typed.trim() === '') return this.codePage(ways, { code: 'access:code.fault.empty' });
    const result = await waitOf(() => this.signIn.code(request, typed));
    if (isWait(result)) return slowDown(response, result.seconds);
    if (result.kind === 'in') throw new SeeOther(onwards(request, result.next));
    return this.codePage(ways, { code: 'access:code.fault.wrong' });
  }

  @Get('recovery-code')
  @Public('second step: shows nothing without a right password before it')
  showRecovery(@Req() request: Request): Page {
    requireHalf(request);
    return recoveryPage({});
  }

  @Post('recovery-code')
  @Public('second step: does nothing without a right password before it; throttled')
  async recovery(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: unknown,
  ): Promise<Page> {
    requireHalf(request);
    const typed = secretField(body, 'recovery').slice(0, 100);
    if (typed.trim() === '') return recoveryPage({ recovery: 'access:recovery-code.fault.empty' });
    const result = await waitOf(() => this.signIn.recoveryCode(request, typed));
    if (isWait(result)) return slowDown(response, result.seconds);
    // Whoever needs one has lost something: the account page says what to set up again.
    if (result.kind === 'in') throw new SeeOther('/account?done=recovery-code');
    return recoveryPage({ recovery: 'access:recovery-code.fault.wrong' });
  }

  private ways(request: Request): Promise<SecondSteps> {
    return this.steps.of(request.signedIn?.accountId ?? '');
  }

  private codePage(steps: SecondSteps, errors: FormErrors): Page {
    const passkey = steps.passkey && this.site.available;
    return page('access/code', codeView({ ...steps, passkey }, errors), {
      layout: 'entry',
      title: 'access:code.title',
      scripts: passkey ? ['access/passkeys.js'] : [],
      status: Object.keys(errors).length > 0 ? 422 : 200,
    });
  }
}

function requireHalf(request: Request): void {
  if (request.principal) throw new SeeOther(homeOf(request.principal.permissions));
  if (request.signedIn?.stage === 'enroll') throw new SeeOther(nextStep('enroll'));
  if (request.signedIn?.stage !== 'half') throw new SeeOther('/sign-in');
}

const recoveryPage = (errors: FormErrors): Page =>
  page('access/recovery-code', recoveryCodeView(errors), {
    layout: 'entry',
    title: 'access:recovery-code.title',
    status: Object.keys(errors).length > 0 ? 422 : 200,
  });
