import { Controller, Get, Header, Param, Query } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { Who } from '../../../platform/http/request.js';
import { page, type Page } from '../../../platform/views/page.js';
import { RecordHistoryService } from '../record-history.service.js';
import { historyView } from './history.view.js';

/** Who opened a client's records: the client's own page, and the same for those who work with the client. */
@Controller()
export class HistoryController {
  constructor(private readonly history: RecordHistoryService) {}

  @Get('portal/access-history')
  @Access('portal:use')
  @Header('Cache-Control', 'no-store')
  async own(@Who() who: Principal, @Query('before') before: unknown): Promise<Page> {
    return page('audit/own-history', historyView(await this.history.own(who, before), true), {
      layout: 'portal',
      title: 'audit:own.title',
      current: 'portal-home',
    });
  }

  @Get('clients/:id/history')
  @Access('chart:read')
  async ofClient(@Who() who: Principal, @Param('id') id: string, @Query('before') before: unknown): Promise<Page> {
    return page('audit/chart-history', historyView(await this.history.ofClient(who, id, before), false), {
      layout: 'staff',
      title: 'audit:history.title',
      current: 'clients',
    });
  }
}
