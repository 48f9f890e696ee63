import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Access, FreshAccess } from '@alcove/sdk';
import type { Principal } from '../../../../platform/access/principal.js';
import { DomainError, notFound } from '../../../../platform/errors/domain-error.js';
import { readForm, type FormErrors, type FormValues } from '../../../../platform/http/form.js';
import { Who } from '../../../../platform/http/request.js';
import { SeeOther } from '../../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../../platform/views/page.js';
import { PortalAccounts } from '../../accounts/portal-accounts.service.js';
import { Invitations } from '../../invitations/invitations.service.js';
import { linkShownPage, linkShownView } from '../../links/link-shown.js';
import type { IssuedLink } from '../../links/one-time-links.service.js';
import { EmailChanges } from '../../resets/email-changes.service.js';
import { PasswordResets } from '../../resets/password-resets.service.js';
import { Recoveries } from '../../resets/recoveries.service.js';
import { PortalInviteForm, RecoveryForm } from './portal-accounts.form.js';
import { portalAccountsView, type PortalForm } from './portal-accounts.view.js';

/** Refusals that a person can do something about, as i18n keys; every other error passes through. */
const REFUSALS: Readonly<Record<string, string>> = {
  'access.email-taken': 'access:portal.fault.email-taken',
  'access.has-account': 'access:portal.fault.has-account',
  'access.not-yourself': 'access:portal.fault.not-yourself',
};

/** Who of a client's people can sign in: inviting, helping them back in, ending. */
@Controller('clients')
export class PortalAccountsController {
  constructor(
    private readonly portal: PortalAccounts,
    private readonly invitations: Invitations,
    private readonly resets: PasswordResets,
    private readonly emails: EmailChanges,
    private readonly recoveries: Recoveries,
  ) {}

  @Get(':id/portal')
  @Access('clients:write')
  async show(@Who() who: Principal, @Param('id') id: string, @Query('done') done: unknown): Promise<Page> {
    return this.page(who, id, { done });
  }

  @Post(':id/portal/invite')
  @Access('clients:write')
  async invite(@Who() who: Principal, @Param('id') clientId: string, @Body() body: unknown): Promise<Page> {
    // Before anything is said about the form: whoever may not, hears the same for every client.
    await this.portal.require(who, clientId);
    const form = await readForm(PortalInviteForm, body);
    if (!form.ok) return this.page(who, clientId, { values: form.values, errors: form.errors });
    const { personId, email } = form.value;
    const show = async (): Promise<Page> => {
      const { link } = await this.invitations.inviteToPortal(who, { clientId, personId, email });
      return this.shown(who, clientId, link);
    };
    return this.orRefusal(who, clientId, show, form.values);
  }

  @Post(':id/portal/:accountId/invitation')
  @Access('clients:write')
  async renew(
    @Who() who: Principal,
    @Param('id') clientId: string,
    @Param('accountId') accountId: string,
  ): Promise<Page> {
    return this.shown(who, clientId, await this.invitations.renew(who, { accountId, clientId }));
  }

  @Post(':id/portal/:accountId/password-link')
  @Access('clients:write')
  async passwordLink(
    @Who() who: Principal,
    @Param('id') clientId: string,
    @Param('accountId') accountId: string,
  ): Promise<Page> {
    return this.shown(who, clientId, await this.resets.issue(who, { accountId, clientId }));
  }

  @Post(':id/portal/:accountId/email-link')
  @Access('clients:write')
  async emailLink(
    @Who() who: Principal,
    @Param('id') clientId: string,
    @Param('accountId') accountId: string,
  ): Promise<Page> {
    return this.orRefusal(who, clientId, async () =>
      this.shown(who, clientId, await this.emails.issue(who, { accountId, clientId })),
    );
  }

  @Post(':id/portal/:accountId/email-back')
  @Access('clients:write')
  async emailBack(
    @Who() who: Principal,
    @Param('id') clientId: string,
    @Param('accountId') accountId: string,
  ): Promise<Page> {
    return this.orRefusal(who, clientId, async () => {
      await this.emails.putBack(who, { accountId, clientId });
      throw new SeeOther(`/clients/${clientId}/portal?done=email-back`);
    });
  }

  @Post(':id/portal/:accountId/recovery')
  @FreshAccess('clients:write')
  async recovery(
    @Who() who: Principal,
    @Param('id') clientId: string,
    @Param('accountId') accountId: string,
    @Body() body: unknown,
  ): Promise<Page> {
    await this.portal.requireAccount(who, { accountId, clientId });
    const form = await readForm(RecoveryForm, body);
    if (!form.ok) return this.page(who, clientId, { values: form.values, errors: form.errors, about: accountId });
    return this.shown(who, clientId, await this.recoveries.forPortal(who, { accountId, clientId }, form.value));
  }

  @Post(':id/portal/:accountId/suspend')
  @Access('clients:write')
  async suspend(
    @Who() who: Principal,
    @Param('id') clientId: string,
    @Param('accountId') accountId: string,
  ): Promise<Page> {
    await this.portal.suspend(who, { accountId, clientId });
    throw new SeeOther(`/clients/${clientId}/portal?done=suspended`);
  }

  @Post(':id/portal/:accountId/restore')
  @Access('clients:write')
  async restore(
    @Who() who: Principal,
    @Param('id') clientId: string,
    @Param('accountId') accountId: string,
  ): Promise<Page> {
    await this.portal.restore(who, { accountId, clientId });
    throw new SeeOther(`/clients/${clientId}/portal?done=restored`);
  }

  @Post(':id/portal/:accountId/close')
  @FreshAccess('clients:write')
  async close(
    @Who() who: Principal,
    @Param('id') clientId: string,
    @Param('accountId') accountId: string,
  ): Promise<Page> {
    await this.portal.close(who, { accountId, clientId });
    throw new SeeOther(`/clients/${clientId}/portal?done=closed`);
  }

  private async orRefusal(
    who: Principal,
    clientId: string,
    step: () => Promise<Page>,
    values: FormValues = {},
  ): Promise<Page> {
    try {
      return await step();
    } catch (error) {
      const refusal = error instanceof DomainError ? REFUSALS[error.code] : undefined;
      if (refusal === undefined) throw error;
      const errors: FormErrors = values.personId === undefined ? {} : { email: refusal };
      return this.page(who, clientId, { values, errors, refusal, status: 409 });
    }
  }

  private async shown(who: Principal, clientId: string, link: IssuedLink): Promise<Page> {
    const [client] = await this.portal.around(who, clientId);
    if (!client) throw notFound();
    const about = { name: client.name, zone: who.timeZone ?? 'UTC', back: `/clients/${clientId}/portal` };
    return linkShownPage(linkShownView(link, about), 'clients');
  }

  private async page(
    who: Principal,
    clientId: string,
    form: Partial<PortalForm> & { readonly status?: number },
  ): Promise<Page> {
    const people = await this.portal.around(who, clientId);
    const view = portalAccountsView(who, clientId, people, form);
    return page('access/portal/accounts', view, {
      layout: 'staff',
      title: 'access:portal.title',
      current: 'clients',
      status: form.status ?? (Object.keys(form.errors ?? {}).length > 0 ? 422 : 200),
    });
  }
}
