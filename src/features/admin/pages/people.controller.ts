import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Access, FreshAccess } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { readForm, type FormErrors, type FormValues } from '../../../platform/http/form.js';
import { Who } from '../../../platform/http/request.js';
import { page, type Page } from '../../../platform/views/page.js';
import { AccountService, Invitations, linkShownPage, linkShownView, type Invited } from '../../access/public.js';
import { InviteForm } from './people.forms.js';
import { inviteView, peopleView } from './people.view.js';

/** Who works here, as what, who is invited and who may not enter for now. No clients and no charts. */
@Controller('admin/people')
export class AdminPeopleController {
  constructor(
    private readonly accounts: AccountService,
    private readonly invitations: Invitations,
  ) {}

  @Get()
  @Access('staff:read')
  async list(@Who() who: Principal, @Query('done') done: unknown): Promise<Page> {
    return page('admin/people', peopleView(who, await this.accounts.staff(who), done), {
      layout: 'staff',
      title: 'admin:people.title',
      current: 'admin',
    });
  }

  @Get('invite')
  @Access('staff:manage')
  showInvite(@Who() who: Principal): Page {
    return invitePage(who, {}, {});
  }

  @Post('invite')
  @FreshAccess('staff:manage')
  async invite(@Who() who: Principal, @Body() body: unknown): Promise<Page> {
    const form = await readForm(InviteForm, body);
    if (!form.ok) return invitePage(who, form.values, form.errors);
    const { name, email, role, credential } = form.value;
    let invited: Invited;
    try {
      invited = await this.invitations.inviteStaff(who, { name, email, role, credential: credential || null });
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'access.email-taken') throw error;
      return invitePage(who, form.values, { email: 'admin:people.fault.email-taken' });
    }
    const about = { name, zone: who.timeZone ?? 'UTC', back: '/admin/people' };
    return linkShownPage(linkShownView(invited.link, about), 'admin');
  }
}

const invitePage = (who: Principal, values: FormValues, errors: FormErrors): Page =>
  page('admin/invite', inviteView(who, values, errors), {
    layout: 'staff',
    title: 'admin:people.invite-title',
    current: 'admin',
    status: Object.keys(errors).length > 0 ? 422 : 200,
  });
