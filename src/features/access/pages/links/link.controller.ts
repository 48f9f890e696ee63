import { Body, Controller, Get, Header, Param, Post, Req, Res } from '@nestjs/common';
import { Public } from '@alcove/sdk';
import type { Request, Response } from 'express';
import { DomainError } from '../../../../platform/errors/domain-error.js';
import { nextStep } from '../../../../platform/http/session.js';
import { SeeOther } from '../../../../platform/http/session-redirect.js';
import type { Page } from '../../../../platform/views/page.js';
import { ACCESS_ERRORS } from '../../access.errors.js';
import type { AccountEntity } from '../../accounts/account.entity.js';
import { FirstSignIn } from '../../invitations/first-sign-in.service.js';
import { OneTimeLinks, type LivingLink } from '../../links/one-time-links.service.js';
import { EmailChanges } from '../../resets/email-changes.service.js';
import { FactorResets } from '../../resets/factor-resets.service.js';
import { PasswordResets } from '../../resets/password-resets.service.js';
import { SessionService } from '../../sessions/session.service.js';
import { EntryStage } from '../../sign-in/entry-stage.js';
import { onwards, slowDown } from '../entry-pages.js';
import { secretField } from '../secret-field.js';
import { isWait, waitOf } from '../wait.js';
import { confirmEmailPage, invitePage, inviteView, linkClosedPage, recoverPage, resetPage } from './link.view.js';

/** A request with a link that can be used. */
interface Use {
  readonly request: Request;
  readonly response: Response;
  readonly body: unknown;
  readonly token: string;
  readonly link: LivingLink;
}

/**
 * What one-time links open. Opening one changes nothing, because mail programs and their scanners open links too; the button on the
 * page uses it. Whatever cannot be used answers the same.
 */
@Controller('link')
export class LinkController {
  constructor(
    private readonly links: OneTimeLinks,
    private readonly firstSignIn: FirstSignIn,
    private readonly resets: PasswordResets,
    private readonly emails: EmailChanges,
    private readonly factors: FactorResets,
    private readonly entry: EntryStage,
    private readonly sessions: SessionService,
  ) {}

  @Get(':token')
  @Public('a one-time link: says what it is for and changes nothing')
  @Header('Cache-Control', 'no-store')
  async show(@Param('token') token: string): Promise<Page> {
    const link = await this.links.look(token);
    if (!link) return linkClosedPage();
    return closedInstead(async () => {
      switch (link.purpose) {
        case 'invite':
          return invitePage(inviteView(token, await this.firstSignIn.facts(link), {}, {}));
        case 'reset':
          return resetPage(token, await this.resets.secondFactorFollows(link), {});
        case 'email':
          return confirmEmailPage(token);
        case 'recover':
          return recoverPage(token, await this.factors.standsAlone(link), {});
      }
    });
  }

  @Post(':token')
  @Public('a one-time link: works once, for as long as it lives, with 256 random bits')
  @Header('Cache-Control', 'no-store')
  async use(
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
    @Param('token') token: string,
    @Body() body: unknown,
  ): Promise<Page> {
    const link = await this.links.look(token);
    if (!link) return linkClosedPage();
    const use: Use = { request, response, body, token, link };
    return closedInstead(() => {
      switch (link.purpose) {
        case 'invite':
          return this.accept(use);
        case 'reset':
          return this.reset(use);
        case 'email':
          return this.confirmEmail(use);
        case 'recover':
          return this.recover(use);
      }
    });
  }

  private async accept({ request, body, token, link }: Use): Promise<Page> {
    const password = secretField(body, 'password');
    const timeZone = secretField(body, 'timeZone').trim().slice(0, 80);
    const errors = await this.firstSignIn.faults(link, password, timeZone);
    if (Object.keys(errors).length > 0)
      return invitePage(inviteView(token, await this.firstSignIn.facts(link), { timeZone }, errors));
    const account = await this.firstSignIn.accept(request, token, link, { password, timeZone });
    return this.enter(request, account);
  }

  private async reset({ request, body, token, link }: Use): Promise<Page> {
    const fault = await this.resets.use(request, token, link, secretField(body, 'password'));
    if (fault) return resetPage(token, await this.resets.secondFactorFollows(link), { password: fault });
    throw new SeeOther('/sign-in/ready?after=reset');
  }

  private async confirmEmail({ request, token, link }: Use): Promise<Page> {
    await this.emails.confirm({ ip: request.clientIp, requestId: request.requestId }, token, link);
    throw new SeeOther('/sign-in/ready?after=email');
  }

  private async recover({ request, response, body, token, link }: Use): Promise<Page> {
    const input = { password: secretField(body, 'password'), wanted: secretField(body, 'wanted') };
    const result = await waitOf(() => this.factors.use(request, token, link, input));
    if (isWait(result)) return slowDown(response, result.seconds);
    if (result.kind === 'fault') return recoverPage(token, await this.factors.standsAlone(link), result.errors);
    return this.enter(request, result.account);
  }

  private async enter(request: Request, account: AccountEntity): Promise<never> {
    const stage = await this.entry.stageAfterPassword(account);
    await this.sessions.start(request, account, { stage, method: 'link' });
    throw new SeeOther(stage === 'full' ? onwards(request, null) : nextStep(stage));
  }
}

/** The page for a closed link when it turns out to be closed on the way; every other error passes through. */
async function closedInstead(step: () => Promise<Page>): Promise<Page> {
  try {
    return await step();
  } catch (error) {
    if (error instanceof DomainError && error.code === ACCESS_ERRORS['access.link-closed']) return linkClosedPage();
    throw error;
  }
}
