import { Controller, Get } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { HealthRegistry } from '../../../platform/health/health.js';
import { Who } from '../../../platform/http/request.js';
import { page, type Page } from '../../../platform/views/page.js';
import { healthView } from './health.view.js';

/** How the parts of the server are. */
@Controller('admin/health')
export class AdminHealthController {
  constructor(private readonly health: HealthRegistry) {}

  @Get()
  @Access('health:read')
  async show(@Who() who: Principal): Promise<Page> {
    return page('admin/health', healthView(who, await this.health.report()), {
      layout: 'staff',
      title: 'admin:health.title',
      current: 'admin',
    });
  }
}
