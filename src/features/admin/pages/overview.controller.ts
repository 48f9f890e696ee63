import { Controller, Get, Query } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import { can, type Principal } from '../../../platform/access/principal.js';
import { HealthRegistry } from '../../../platform/health/health.js';
import { Who } from '../../../platform/http/request.js';
import { page, type Page } from '../../../platform/views/page.js';
import { KitService } from '../../access/public.js';
import { PracticeService } from '../../practice/public.js';
import { ADMIN_PERMISSIONS } from '../admin-tabs.js';
import { overviewView } from './overview.view.js';

/** The first page of Admin: what needs a look, and what plugins have to say. */
@Controller('admin')
export class AdminController {
  constructor(
    private readonly practice: PracticeService,
    private readonly health: HealthRegistry,
    private readonly kit: KitService,
  ) {}

  @Get()
  @Access(...ADMIN_PERMISSIONS)
  async show(@Who() who: Principal, @Query('done') done: unknown): Promise<Page> {
    const [practice, parts, kitConfirmedAt] = await Promise.all([
      this.practice.current(),
      can(who, 'health:read') ? this.health.report() : [],
      this.kit.confirmedAt(),
    ]);
    return page('admin/overview', overviewView(who, { practice, parts, kitConfirmedAt, done }), {
      layout: 'staff',
      title: 'admin:overview.title',
      current: 'admin',
      slots: ['admin.dashboard'],
    });
  }
}
