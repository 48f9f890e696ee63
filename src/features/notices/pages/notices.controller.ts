import { Controller, Get, Header, Param, Post, Query } from '@nestjs/common';
import { Access, BackgroundAccess } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { isId } from '../../../platform/ids.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { OwnNotices } from '../own-notices.service.js';
import { badgeModel, layoutOf, noticesView } from './notices.view.js';

/** What somebody was told about their account and the practice. */
@Controller('notices')
export class NoticesController {
  constructor(private readonly notices: OwnNotices) {}

  @Get()
  @Access('account:self')
  async list(@Who() who: Principal, @Query('after') after: unknown): Promise<Page> {
    const found = await this.notices.page(who, after);
    return page('notices/list', noticesView(found, !isId(after)), { layout: layoutOf(who), title: 'notices:title' });
  }

  /** The bell of the frame again, after a signal. */
  @Get('badge')
  @BackgroundAccess('account:self')
  @Header('Cache-Control', 'no-store')
  async badge(@Who() who: Principal): Promise<Page> {
    return page('notices/badge', badgeModel(await this.notices.unread(who)), { layout: 'fragment' });
  }

  @Post('read')
  @Access('account:self')
  async markAllRead(@Who() who: Principal): Promise<never> {
    await this.notices.markAllRead(who);
    throw new SeeOther('/notices');
  }

  @Post(':id/read')
  @Access('account:self')
  async markRead(@Who() who: Principal, @Param('id') id: string): Promise<never> {
    await this.notices.markRead(who, id);
    throw new SeeOther('/notices');
  }
}
