import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Access, FreshAccess } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { readForm } from '../../../platform/http/form.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { SignOnIdentities, SignOnSettingsService } from '../../access/public.js';
import { GroupForm, RulesForm, rulesOfForm } from './sign-on.forms.js';
import { signOnView, type SignOnSaid } from './sign-on.view.js';

/** Single sign-on: which group of the provider gets which role, and the rules around it. */
@Controller('admin/single-sign-on')
export class AdminSignOnController {
  constructor(
    private readonly settings: SignOnSettingsService,
    private readonly identities: SignOnIdentities,
  ) {}

  @Get()
  @Access('sign-on:manage')
  show(@Who() who: Principal, @Query('done') done: unknown): Promise<Page> {
    return this.page(who, { done }, 200);
  }

  @Post('rules')
  @FreshAccess('sign-on:manage')
  async rules(@Who() who: Principal, @Body() body: unknown): Promise<Page> {
    const form = await readForm(RulesForm, body);
    const rules = rulesOfForm(form.values);
    if (!form.ok) return this.page(who, { values: form.values, errors: form.errors, rules }, 422);
    try {
      await this.settings.changeRules(who, rules);
    } catch (error) {
      if (error instanceof DomainError && error.code === 'sign-on.no-groups')
        return this.page(who, { values: form.values, rules, refusal: 'admin:sign-on.no-groups-yet' }, 409);
      throw error;
    }
    throw new SeeOther('/admin/single-sign-on?done=rules');
  }

  @Post('groups')
  @FreshAccess('sign-on:manage')
  async map(@Who() who: Principal, @Body() body: unknown): Promise<Page> {
    const form = await readForm(GroupForm, body);
    if (!form.ok) return this.page(who, { values: form.values, errors: form.errors }, 422);
    await this.settings.mapGroup(who, form.value.group, form.value.role);
    throw new SeeOther('/admin/single-sign-on?done=group');
  }

  @Post('groups/remove')
  @FreshAccess('sign-on:manage')
  async unmap(@Who() who: Principal, @Body('group') group: unknown): Promise<never> {
    // No stored name has a NUL in it, and PostgreSQL takes none in a question either.
    await this.settings.unmapGroup(who, typeof group === 'string' ? group.replaceAll('\u0000', '') : '');
    throw new SeeOther('/admin/single-sign-on?done=removed');
  }

  @Post('accounts/:id/unlink')
  @FreshAccess('sign-on:manage')
  async unlink(@Who() who: Principal, @Param('id') id: string): Promise<never> {
    await this.identities.unlinkOther(who, id);
    throw new SeeOther('/admin/single-sign-on?done=unlinked');
  }

  private async page(who: Principal, said: SignOnSaid, status: number): Promise<Page> {
    return page('admin/sign-on', signOnView(who, await this.settings.read(who), said), {
      layout: 'staff',
      title: 'admin:sign-on.title',
      current: 'admin',
      status,
    });
  }
}
