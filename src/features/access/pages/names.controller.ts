import { Body, Controller, Post } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther, sameSitePath } from '../../../platform/http/session-redirect.js';
import { OwnAccountService } from '../accounts/own-account.service.js';

/** The switch "Hide names", posted from the head of pages that show names. */
@Controller('names')
export class NamesController {
  constructor(private readonly account: OwnAccountService) {}

  @Post()
  @Access('day:read', 'calendar:read', 'clients:read')
  async set(@Who() who: Principal, @Body() body: Record<string, unknown> | undefined): Promise<never> {
    await this.account.hideNames(who, body?.hidden === 'yes');
    throw new SeeOther(sameSitePath(body?.back) ?? '/today');
  }
}
