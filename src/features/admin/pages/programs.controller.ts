import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Access, FreshAccess } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { readForm } from '../../../platform/http/form.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { Programs } from '../../access/public.js';
import { adminTabs } from '../admin-tabs.js';
import { KeyForm, ProgramForm, ticked } from './programs.forms.js';
import { programsView, programView, type Typed } from './programs.view.js';

const NOTHING_TYPED: Typed = { values: {}, errors: {} };

/** Programs that read from here, and their keys. */
@Controller('admin/programs')
export class AdminProgramsController {
  constructor(private readonly programs: Programs) {}

  @Get()
  @Access('keys:manage')
  async list(@Who() who: Principal): Promise<Page> {
    return this.listPage(who, NOTHING_TYPED);
  }

  @Post()
  @FreshAccess('keys:manage')
  async create(@Who() who: Principal, @Body() body: unknown): Promise<Page> {
    const form = await readForm(ProgramForm, body);
    if (!form.ok) return this.listPage(who, form);
    const id = await this.programs.create(who, { name: form.value.name, about: form.value.about ?? '' });
    throw new SeeOther(`/admin/programs/${id}?done=created`);
  }

  @Get(':id')
  @Access('keys:manage')
  async show(@Who() who: Principal, @Param('id') id: string, @Query('done') done: unknown): Promise<Page> {
    return this.onePage(who, id, { ...NOTHING_TYPED, scopes: [], done });
  }

  /** Answers with the key itself, the only time: going back and forth in the browser does not show it again. */
  @Post(':id/keys')
  @FreshAccess('keys:manage')
  async createKey(@Who() who: Principal, @Param('id') id: string, @Body() body: unknown): Promise<Page> {
    const program = await this.programs.one(who, id);
    const form = await readForm(KeyForm, body);
    const scopes = ticked(body, 'scopes');
    const missing: Typed['errors'] = scopes.length === 0 ? { scopes: 'admin:programs.fault.scopes' } : {};
    const errors = { ...form.errors, ...missing };
    if (!form.ok || scopes.length === 0)
      return this.onePage(who, id, { values: form.values, errors, scopes, done: null });
    const { text } = await this.programs.createKey(who, id, { scopes, days: Number(form.value.days) });
    return page(
      'admin/key-shown',
      { tabs: adminTabs(who, 'programs'), id, name: program.name, text },
      { layout: 'staff', title: 'admin:programs.key-title', current: 'admin', scripts: ['scheduling/copy.js'] },
    );
  }

  @Post(':id/keys/:keyId/revoke')
  @FreshAccess('keys:manage')
  async revoke(@Who() who: Principal, @Param('id') id: string, @Param('keyId') keyId: string): Promise<never> {
    await this.programs.revokeKey(who, id, keyId);
    throw new SeeOther(`/admin/programs/${id}?done=revoked`);
  }

  @Post(':id/end')
  @FreshAccess('keys:manage')
  async end(@Who() who: Principal, @Param('id') id: string): Promise<never> {
    await this.programs.end(who, id);
    throw new SeeOther(`/admin/programs/${id}?done=ended`);
  }

  private async listPage(who: Principal, typed: Typed): Promise<Page> {
    const { values, errors } = typed;
    return page('admin/programs', programsView(who, await this.programs.list(who), { values, errors }), {
      layout: 'staff',
      title: 'admin:programs.title',
      current: 'admin',
      status: statusOf(errors),
    });
  }

  private async onePage(who: Principal, id: string, typed: Parameters<typeof programView>[2]): Promise<Page> {
    return page('admin/program', programView(who, await this.programs.one(who, id), typed), {
      layout: 'staff',
      title: 'admin:programs.one-title',
      current: 'admin',
      status: statusOf(typed.errors),
    });
  }
}

const statusOf = (errors: Typed['errors']): number => (Object.keys(errors).length > 0 ? 422 : 200);
