import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Access, FreshAccess } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { readForm } from '../../../platform/http/form.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import {
  AccountService,
  EmailChanges,
  Invitations,
  linkShownPage,
  linkShownView,
  PasswordResets,
  Recoveries,
  type IssuedLink,
  type StaffAccount,
} from '../../access/public.js';
import { RecoveryForm } from './people.forms.js';
import { nameOf } from './people.view.js';
import { NO_FORM, personView, type PersonForm } from './person.view.js';

/** Refusals that a person can do something about; every other error passes through. */
const REFUSALS = new Set([
  'access.last-owner',
  'access.not-yourself',
  'access.email-taken',
  'access.second-person',
  'changed-meanwhile',
]);

/** One colleague: role, suspension, and helping them back in. Whoever does it must have proved lately who they are. */
@Controller('admin/people')
export class AdminPersonController {
  constructor(
    private readonly accounts: AccountService,
    private readonly invitations: Invitations,
    private readonly resets: PasswordResets,
    private readonly emails: EmailChanges,
    private readonly recoveries: Recoveries,
  ) {}

  @Get(':id')
  @Access('staff:manage')
  async show(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    return this.page(who, id, NO_FORM);
  }

  @Post(':id/role')
  @FreshAccess('staff:manage')
  async changeRole(@Who() who: Principal, @Param('id') id: string, @Body('role') role: unknown): Promise<Page> {
    return this.after(who, id, 'role', () => this.accounts.changeRole(who, id, textOf(role)));
  }

  /** Quick on purpose: whoever sees something wrong must not be asked for a password first. */
  @Post(':id/suspend')
  @Access('staff:manage')
  async suspend(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    return this.after(who, id, 'suspended', () => this.accounts.suspend(who, id));
  }

  @Post(':id/restore')
  @FreshAccess('staff:manage')
  async restore(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    return this.after(who, id, 'restored', () => this.accounts.restore(who, id));
  }

  @Post(':id/close')
  @FreshAccess('staff:manage')
  async close(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    return this.after(who, id, 'closed', () => this.accounts.close(who, id));
  }

  @Post(':id/invitation')
  @FreshAccess('staff:manage')
  async renew(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    return this.shown(who, id, () => this.invitations.renew(who, { accountId: id }));
  }

  @Post(':id/password-link')
  @FreshAccess('staff:manage')
  async passwordLink(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    return this.shown(who, id, () => this.resets.issue(who, { accountId: id }));
  }

  @Post(':id/email-link')
  @FreshAccess('staff:manage')
  async emailLink(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    return this.shown(who, id, () => this.emails.issue(who, { accountId: id }));
  }

  @Post(':id/email-back')
  @FreshAccess('staff:manage')
  async emailBack(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    return this.after(who, id, 'email-back', () => this.emails.putBack(who, { accountId: id }));
  }

  /** A lost second factor: the first of two people. */
  @Post(':id/recovery')
  @FreshAccess('staff:manage')
  async openRecovery(@Who() who: Principal, @Param('id') id: string, @Body() body: unknown): Promise<Page> {
    await this.find(who, id);
    const form = await readForm(RecoveryForm, body);
    if (!form.ok) return this.page(who, id, { values: form.values, errors: form.errors, refusal: null });
    const { how, words } = form.value;
    return this.after(who, id, 'recovery', () => this.recoveries.open(who, id, { how, words }));
  }

  /** The second of two people. */
  @Post(':id/recovery/approve')
  @FreshAccess('staff:manage')
  async approveRecovery(
    @Who() who: Principal,
    @Param('id') id: string,
    @Body('request') request: unknown,
  ): Promise<Page> {
    return this.shown(who, id, () => this.recoveries.approve(who, id, textOf(request)));
  }

  @Post(':id/recovery/drop')
  @Access('staff:manage')
  async dropRecovery(@Who() who: Principal, @Param('id') id: string, @Body('request') request: unknown): Promise<Page> {
    return this.after(who, id, 'dropped', () => this.recoveries.drop(who, id, textOf(request)));
  }

  private async after(who: Principal, id: string, done: string, act: () => Promise<unknown>): Promise<Page> {
    const refusal = await refusalOf(act);
    if (refusal !== undefined) return this.page(who, id, { ...NO_FORM, refusal });
    throw new SeeOther(`/admin/people?done=${done}`);
  }

  /** A link that was just made, shown this once. */
  private async shown(who: Principal, id: string, make: () => Promise<IssuedLink>): Promise<Page> {
    let link: IssuedLink | undefined;
    const refusal = await refusalOf(async () => {
      link = await make();
    });
    if (refusal !== undefined || link === undefined)
      return this.page(who, id, { ...NO_FORM, refusal: refusal ?? null });
    const { account } = await this.find(who, id);
    const about = { name: nameOf(account), zone: who.timeZone ?? 'UTC', back: '/admin/people' };
    return linkShownPage(linkShownView(link, about), 'admin');
  }

  private async page(who: Principal, id: string, form: PersonForm): Promise<Page> {
    const { account, colleagues } = await this.find(who, id);
    return page('admin/person', personView(who, account, colleagues, form), {
      layout: 'staff',
      title: 'admin:people.one-title',
      current: 'admin',
      status: form.refusal ? 409 : Object.keys(form.errors).length > 0 ? 422 : 200,
    });
  }

  private async find(who: Principal, id: string): Promise<{ account: StaffAccount; colleagues: StaffAccount[] }> {
    const colleagues = await this.accounts.staff(who);
    const account = colleagues.find((one) => one.id === id);
    if (!account) throw notFound();
    return { account, colleagues };
  }
}

/** Code of a refusal that the page can explain, or `undefined` when it was done. */
async function refusalOf(act: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await act();
    return undefined;
  } catch (error) {
    if (error instanceof DomainError && REFUSALS.has(error.code)) return error.code;
    throw error;
  }
}

/** Services look ids over; anything but a text is none. */
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
