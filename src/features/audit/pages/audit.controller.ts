import { Controller, Get, Param, Query } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Who } from '../../../platform/http/request.js';
import { page, type Page } from '../../../platform/views/page.js';
import { AuditViewer } from '../audit-viewer.service.js';
import { auditEntryView, auditListView } from './audit.view.js';

/** Who did what, and one entry with everything the audit knows of it. */
@Controller('admin/audit')
export class AuditController {
  constructor(
    private readonly viewer: AuditViewer,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Access('audit:read')
  async list(@Who() who: Principal, @Query() query: Record<string, unknown>): Promise<Page> {
    const found = await this.viewer.list(who, query);
    return page('audit/list', auditListView(who, found, this.clock.now()), {
      layout: 'staff',
      title: 'audit:list.title',
      current: 'admin',
      status: Object.keys(found.filter.faults).length > 0 ? 422 : 200,
    });
  }

  @Get(':seq')
  @Access('audit:read')
  async one(@Who() who: Principal, @Param('seq') seq: string): Promise<Page> {
    return page('audit/entry', auditEntryView(who, await this.viewer.one(who, seq)), {
      layout: 'staff',
      title: 'audit:entry.title',
      current: 'admin',
    });
  }
}
