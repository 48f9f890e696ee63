import { Body, Controller, Get, Header, HttpCode, Post, Query, Req, Res } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import type { Request, Response } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
import type { FormErrors } from '../../../platform/http/form.js';
import { Who } from '../../../platform/http/request.js';
import { sameSitePath, SeeOther } from '../../../platform/http/session-redirect.js';
import type { Page } from '../../../platform/views/page.js';
import { homeOf } from '../roles/permissions.js';
import { ProofAgain } from '../sign-in/proof-again.service.js';
import { AgainPages } from './again.pages.js';
import type { AgainAbout } from './again.view.js';
import { unpackForm } from './carried-form.js';
import { secretField } from './secret-field.js';
import { isWait, waitOf } from './wait.js';

/** "Confirm it is you": before what must not be done from a browser somebody left open. */
@Controller('account/again')
export class AgainController {
  constructor(
    private readonly proof: ProofAgain,
    private readonly pages: AgainPages,
  ) {}

  @Get()
  @Access('account:self')
  show(@Who() who: Principal, @Query('next') next: unknown): Promise<Page> {
    return this.pages.ask(who, { next: sameSitePath(next), carry: '', lost: false }, 200);
  }

  /** JSON for scripts: what the browser asks for a passkey of this account with. */
  @Post('options')
  @Access('account:self')
  @HttpCode(200)
  @Header('Cache-Control', 'no-store')
  options(
    @Who() who: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<PublicKeyCredentialRequestOptionsJSON> {
    return this.proof.options(who, request, response);
  }

  @Post()
  @Access('account:self')
  async prove(
    @Who() who: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Body() body: unknown,
  ): Promise<Page> {
    const carry = secretField(body, 'carry');
    const about = { next: sameSitePath(secretField(body, 'next')), carry, lost: false };
    const refusal = await this.refusal(who, request, response, body, about);
    if (refusal) return refusal;
    const form = unpackForm(carry);
    if (form) return this.pages.resend(who, form);
    throw new SeeOther(about.next ?? homeOf(who.permissions));
  }

  /** The page that asks again, or `undefined` when the proof is right. */
  private async refusal(
    who: Principal,
    request: Request,
    response: Response,
    body: unknown,
    about: AgainAbout,
  ): Promise<Page | undefined> {
    const answer = secretField(body, 'answer');
    const password = secretField(body, 'password');
    const ask = (errors: FormErrors): Promise<Page> => this.pages.ask(who, about, 422, { errors });
    if (answer === '' && password === '') return ask({ password: 'access:sign-in.fault.password' });
    const code = secretField(body, 'code').slice(0, 100);
    const result = await waitOf(async () =>
      answer === ''
        ? this.proof.byPassword(who, request, { password, code })
        : (await this.proof.byPasskey(who, request, response, answer))
          ? undefined
          : 'passkey',
    );
    if (result === undefined) return undefined;
    if (isWait(result)) {
      response.setHeader('Retry-After', String(result.seconds));
      return this.pages.ask(who, about, 429, { refusal: 'access:password.fault.wait' });
    }
    if (result === 'passkey') return this.pages.ask(who, about, 422, { refusal: 'access:again.passkey-refused' });
    return ask(
      result === 'code' ? { code: 'access:authenticator.fault.code' } : { password: 'access:password.fault.present' },
    );
  }
}
