import { Body, Controller, Get, Param, Post, Req } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Request } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { PluginAdmin } from '../../../platform/ports/plugin-admin.js';
import { page, type Page } from '../../../platform/views/page.js';
import { panelView, pluginsView, type TypedForm } from './plugins.view.js';

const OPTIONS = { layout: 'staff', title: 'plugins:title', current: 'admin' } as const;

/** Plugins: how they are, what they may do, on and off, settings, and the pages they draw themselves. */
@Controller('admin/plugins')
export class PluginsController {
  constructor(private readonly plugins: PluginAdmin) {}

  @Get()
  @Access('plugins:manage')
  list(@Who() who: Principal): Page {
    return page('plugins/list', pluginsView(who, this.plugins.list(), null), OPTIONS);
  }

  @Get(':id')
  @Access('plugins:manage')
  show(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    return this.page(who, id);
  }

  @Get(':id/:panel')
  @Access('plugins:manage')
  async panel(
    @Who() who: Principal,
    @Param('id') id: string,
    @Param('panel') name: string,
    @Req() request: Request,
  ): Promise<Page> {
    const status = this.plugins.one(id);
    const viewer = {
      locale: who.locale ?? 'en',
      timeZone: who.timeZone ?? 'UTC',
      csrfToken: request.csrfToken?.() ?? '',
    };
    return page('plugins/panel', panelView(who, status, name, await this.plugins.panel(id, name, viewer)), OPTIONS);
  }

  @Post(':id/enable')
  @Access('plugins:manage')
  async enable(@Who() who: Principal, @Param('id') id: string): Promise<never> {
    await this.plugins.enable(who, id);
    throw backTo(id);
  }

  @Post(':id/disable')
  @Access('plugins:manage')
  async disable(@Who() who: Principal, @Param('id') id: string): Promise<never> {
    await this.plugins.disable(who, id);
    throw backTo(id);
  }

  @Post(':id/retry')
  @Access('plugins:manage')
  async retry(@Who() who: Principal, @Param('id') id: string): Promise<never> {
    await this.plugins.retry(who, id);
    throw backTo(id);
  }

  @Post(':id/choose')
  @Access('plugins:manage')
  async choose(@Who() who: Principal, @Param('id') id: string, @Body('slot') slot: unknown): Promise<never> {
    await this.plugins.choose(who, id, typeof slot === 'string' ? slot : '');
    throw backTo(id);
  }

  @Post(':id/settings')
  @Access('plugins:manage')
  async save(@Who() who: Principal, @Param('id') id: string, @Body() body: unknown): Promise<Page> {
    const typed = texts(body);
    const faults = await this.plugins.saveSettings(who, id, typed);
    if (Object.keys(faults).length === 0) throw backTo(id);
    return this.page(who, id, { typed, faults });
  }

  private async page(who: Principal, id: string, form: TypedForm | null = null): Promise<Page> {
    const status = this.plugins.one(id);
    const settings = await this.plugins.settings(id);
    return page('plugins/list', pluginsView(who, this.plugins.list(), { status, settings, form }), {
      ...OPTIONS,
      status: form ? 422 : 200,
    });
  }
}

/** Nest's body parsers hand over anything; only plain texts are settings. */
function texts(body: unknown): Record<string, string> {
  if (typeof body !== 'object' || body === null) return {};
  return Object.fromEntries(
    Object.entries(body).flatMap(([key, value]) =>
      typeof value === 'string' ? [[key, value.normalize('NFC').replaceAll('\u0000', '').trim()]] : [],
    ),
  );
}

const backTo = (id: string): SeeOther => new SeeOther(`/admin/plugins/${encodeURIComponent(id)}`);
