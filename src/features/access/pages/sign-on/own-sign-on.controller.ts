import { Controller, Get, Post, Query, Req, Res } from '@nestjs/common';
import { Access, FreshAccess } from '@alcove/sdk';
import type { Request, Response } from 'express';
import type { Principal } from '../../../../platform/access/principal.js';
import { DomainError, notFound } from '../../../../platform/errors/domain-error.js';
import { Who } from '../../../../platform/http/request.js';
import { sameSitePath, SeeOther } from '../../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../../platform/views/page.js';
import { SignOnIdentities } from '../../single-sign-on/sign-on-identities.service.js';
import { SingleSignOn } from '../../single-sign-on/single-sign-on.service.js';
import { layoutFor } from '../account.view.js';
import { ownSignOnView } from './own-sign-on.view.js';
import { SignOnPages } from './sign-on.pages.js';

/** One's own account at the identity provider. */
@Controller('account/single-sign-on')
export class OwnSignOnController {
  constructor(
    private readonly identities: SignOnIdentities,
    private readonly signOn: SingleSignOn,
    private readonly pages: SignOnPages,
  ) {}

  @Get()
  @Access('account:self')
  show(@Who() who: Principal, @Req() request: Request, @Query('done') done: unknown): Promise<Page> {
    return this.page(who, request, done, null);
  }

  /** Says that the identity this browser has just shown is theirs. */
  @Post('link')
  @FreshAccess('account:self')
  async link(
    @Who() who: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<never> {
    const next = await this.identities.confirm(who, request, response);
    throw new SeeOther(next ?? '/account/single-sign-on?done=linked');
  }

  @Post('unlink')
  @FreshAccess('account:self')
  async unlink(@Who() who: Principal, @Req() request: Request): Promise<Page> {
    try {
      await this.identities.unlinkOwn(who);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'sign-on.only-way-in')
        return this.page(who, request, null, 'access:sign-on.only-way-in');
      throw error;
    }
    throw new SeeOther('/account/single-sign-on?done=unlinked');
  }

  /** A way on from "Confirm it is you": the provider asks again. */
  @Get('again')
  @Access('account:self')
  again(
    @Who() who: Principal,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Query('next') next: unknown,
  ): Promise<Page> {
    return this.pages.whileReachable(async () => {
      const address = await this.signOn.beginAgain(who, request, response, sameSitePath(next) ?? null);
      return this.pages.leaving(response, address);
    });
  }

  private async page(who: Principal, request: Request, done: unknown, refusal: string | null): Promise<Page> {
    const own = await this.identities.own(who, request);
    if (own.provider === null) throw notFound();
    return page('access/sign-on/own', ownSignOnView(who, own, done, refusal), {
      layout: layoutFor(who),
      title: 'access:sign-on.own-title',
      status: refusal ? 409 : 200,
    });
  }
}
