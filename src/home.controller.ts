import { Controller, Get, Req } from '@nestjs/common';
import { Public } from '@alcove/sdk';
import type { Request } from 'express';
import { SetupService } from './features/access/public.js';
import { SeeOther } from './platform/http/session-redirect.js';
import { Site } from './platform/http/site.js';

/** The bare address leads everybody to where they begin. */
@Controller()
export class HomeController {
  constructor(
    private readonly site: Site,
    private readonly setup: SetupService,
  ) {}

  @Get()
  @Public('the front page sends people to their own start, to the sign-in or to the first run')
  async go(@Req() request: Request): Promise<never> {
    if (request.principal) throw new SeeOther(this.site.homeOf(request.principal.permissions));
    throw new SeeOther((await this.setup.isOpen()) ? '/setup' : '/sign-in');
  }
}
