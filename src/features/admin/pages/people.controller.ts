import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { AccountService } from '../../access/public.js';
import { peopleView, personView } from './people.view.js';

/** Refusals that a person can do something about; every other error passes through. */
const REFUSALS = new Set(['access.last-owner', 'access.not-yourself']);

/** Who works here, as what, and who may not enter for now. No clients and no charts. */
@Controller('admin/people')
export class AdminPeopleController {
  constructor(private readonly accounts: AccountService) {}

  @Get()
  @Access('staff:read')
  async list(@Who() who: Principal, @Query('done') done: unknown): Promise<Page> {
    return page('admin/people', peopleView(who, await this.accounts.staff(who), done), {
      layout: 'staff',
      title: 'admin:people.title',
      current: 'admin',
    });
  }

  @Get(':id')
  @Access('staff:manage')
  async show(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    return this.page(who, id, null);
  }

  @Post(':id/role')
  @Access('staff:manage')
  async changeRole(@Who() who: Principal, @Param('id') id: string, @Body('role') role: unknown): Promise<Page> {
    return this.after(who, id, 'role', () => this.accounts.changeRole(who, id, typeof role === 'string' ? role : ''));
  }

  @Post(':id/suspend')
  @Access('staff:manage')
  async suspend(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    return this.after(who, id, 'suspended', () => this.accounts.suspend(who, id));
  }

  @Post(':id/restore')
  @Access('staff:manage')
  async restore(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    return this.after(who, id, 'restored', () => this.accounts.restore(who, id));
  }

  private async after(who: Principal, id: string, done: string, act: () => Promise<unknown>): Promise<Page> {
    try {
      await act();
    } catch (error) {
      if (error instanceof DomainError && REFUSALS.has(error.code)) return this.page(who, id, error.code);
      throw error;
    }
    throw new SeeOther(`/admin/people?done=${done}`);
  }

  private async page(who: Principal, id: string, refusal: string | null): Promise<Page> {
    const account = (await this.accounts.staff(who)).find((one) => one.id === id);
    if (!account) throw notFound();
    return page('admin/person', personView(who, account, refusal), {
      layout: 'staff',
      title: 'admin:people.one-title',
      current: 'admin',
      status: refusal ? 409 : 200,
    });
  }
}
