import { Controller, Get, Header } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { Who } from '../../../platform/http/request.js';
import { page, type Page } from '../../../platform/views/page.js';
import { PortalHomeService } from '../portal-home.service.js';
import { homeModel } from './home.view.js';

@Controller('portal')
export class HomeController {
  constructor(private readonly portal: PortalHomeService) {}

  @Get()
  @Access('portal:use')
  @Header('Cache-Control', 'no-store')
  async home(@Who() who: Principal): Promise<Page> {
    return page('portal/home', homeModel(await this.portal.home(who)), {
      layout: 'portal',
      title: 'portal:home.page-title',
      current: 'portal-home',
      scripts: ['portal/home.js'],
      slots: ['portal.home'],
    });
  }
}
