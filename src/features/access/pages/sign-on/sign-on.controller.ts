import { Body, Controller, Get, HttpCode, Post, Req, Res } from '@nestjs/common';
import { Public } from '@alcove/sdk';
import type { Request, Response } from 'express';
import { sameSitePath, SeeOther } from '../../../../platform/http/session-redirect.js';
import type { Page } from '../../../../platform/views/page.js';
import { SingleSignOn } from '../../single-sign-on/single-sign-on.service.js';
import { slowDown } from '../entry-pages.js';
import { secretField } from '../secret-field.js';
import { isWait, waitOf } from '../wait.js';
import { OWN_SIGN_ON, SignOnPages } from './sign-on.pages.js';

/** Signing in at the practice's identity provider: the way there and the way back. */
@Controller('sign-in/single-sign-on')
export class SignOnController {
  constructor(
    private readonly signOn: SingleSignOn,
    private readonly pages: SignOnPages,
  ) {}

  @Post()
  @Public('people sign in here; sends them to the identity provider the operator has set')
  @HttpCode(200)
  begin(@Req() request: Request, @Res({ passthrough: true }) response: Response, @Body() body: unknown): Promise<Page> {
    const next = sameSitePath(secretField(body, 'next')) ?? null;
    return this.pages.whileReachable(async () =>
      this.pages.leaving(response, await this.signOn.begin(request, response, next)),
    );
  }

  @Get('callback')
  @Public('the identity provider sends people back here; does nothing without the sealed attempt of this browser')
  callback(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<Page> {
    const { search } = new URL(request.originalUrl, 'http://here.invalid');
    return this.pages.whileReachable(async () => {
      const result = await waitOf(() => this.signOn.finish(request, response, search));
      if (isWait(result)) return slowDown(response, result.seconds);
      if (result.kind === 'refused') return this.pages.refused();
      throw new SeeOther(result.path);
    });
  }

  /** Somebody who has an account comes this way for the first time: the account itself has to agree once. */
  @Get('confirm')
  @Public('says how to go on; shows nothing of anybody')
  confirm(@Req() request: Request): Page {
    if (request.principal) throw new SeeOther(OWN_SIGN_ON);
    return this.pages.confirm();
  }
}
