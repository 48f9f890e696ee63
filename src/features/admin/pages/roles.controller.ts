import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Access, FreshAccess } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { RoleSets } from '../../access/public.js';
import { readRoles, textField, typedRoles, type TypedRoles } from './roles.form.js';
import { rolesView, type Late } from './roles.view.js';

/** What each role may do. */
@Controller('admin/roles')
export class AdminRolesController {
  constructor(private readonly roles: RoleSets) {}

  @Get()
  @Access('roles:manage')
  async show(@Who() who: Principal, @Query('done') done: unknown): Promise<Page> {
    return this.page(who, done, null);
  }

  @Post()
  @FreshAccess('roles:manage')
  async save(@Who() who: Principal, @Body() body: unknown): Promise<Page> {
    const wanted = readRoles(body);
    return this.unlessChanged(who, typedRoles(wanted), async () => {
      const changed = await this.roles.change(who, wanted);
      throw new SeeOther(`/admin/roles?done=${changed.length > 0 ? 'saved' : 'same'}`);
    });
  }

  @Post(':role/reset')
  @FreshAccess('roles:manage')
  async reset(@Who() who: Principal, @Param('role') role: string, @Body() body: unknown): Promise<Page> {
    const version = textField(body, 'version');
    return this.unlessChanged(who, null, async () => {
      await this.roles.reset(who, role, version);
      throw new SeeOther('/admin/roles?done=reset');
    });
  }

  /** Somebody else was faster: the page again, with what was ticked and with what is there now. */
  private async unlessChanged(who: Principal, typed: TypedRoles | null, act: () => Promise<never>): Promise<Page> {
    try {
      return await act();
    } catch (error) {
      if (error instanceof DomainError && error.code === 'changed-meanwhile') return this.page(who, null, { typed });
      throw error;
    }
  }

  private async page(who: Principal, done: unknown, late: Late | null): Promise<Page> {
    return page('admin/roles', rolesView(who, await this.roles.list(who), done, late), {
      layout: 'staff',
      title: 'admin:roles.title',
      current: 'admin',
      status: late ? 409 : 200,
    });
  }
}
