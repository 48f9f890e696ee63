import { Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Directory } from '../../../platform/directory/directory.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { isId } from '../../../platform/ids.js';
import { page, type Page } from '../../../platform/views/page.js';
import { adminTabs } from '../../admin/public.js';
import { EmergencyLog } from '../../people/public.js';
import { emergencyListView, emergencyOneView } from './emergency-review.view.js';

const OPTIONS = { layout: 'staff', title: 'emergency:title', current: 'admin' } as const;

/** Open and past emergency access, for those who review the audit. */
@Controller('admin/emergency')
export class EmergencyReviewController {
  constructor(
    private readonly log: EmergencyLog,
    private readonly directory: Directory,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Access('audit:review')
  async list(@Who() who: Principal, @Query('after') after: unknown): Promise<Page> {
    const found = await this.log.page(who, after);
    const view = emergencyListView(found, { ...this.tools(), firstPage: !isId(after) });
    return page('emergency/list', { ...view, tabs: adminTabs(who, 'audit') }, OPTIONS);
  }

  /** The words that were given; that somebody read them is in the audit. */
  @Get(':id')
  @Access('audit:review')
  async show(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    const opened = await this.log.read(who, id);
    return page('emergency/one', { ...emergencyOneView(opened, this.tools()), tabs: adminTabs(who, 'audit') }, OPTIONS);
  }

  @Post(':id/looked')
  @Access('audit:review')
  async looked(@Who() who: Principal, @Param('id') id: string): Promise<never> {
    await this.log.markLookedAt(who, id);
    throw new SeeOther('/admin/emergency');
  }

  private tools() {
    return { now: this.clock.now(), nameOf: (personId: string) => this.directory.name(personId) };
  }
}
