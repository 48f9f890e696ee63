import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';
import { readForm, type FormErrors, type FormValues } from '../../../platform/http/form.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { page, type Page } from '../../../platform/views/page.js';
import { PracticeService } from '../../practice/public.js';
import { CareAccess, seesWholeList } from '../care-access.js';
import { Clinicians } from '../clinicians.service.js';
import { DiscreetNames } from '../discreet-names.js';
import { seesClass } from '../field-policy.js';
import type { ClientSummary } from '../people.model.js';
import { People } from '../people.service.js';
import { clientDetailsView, newClientView, valuesOf, type SeenClasses } from './client-form.view.js';
import { ClientDetailsForm, ClientForm, personOf } from './client.form.js';

/** New clients, and the details of those who are there. */
@Controller('clients')
export class ClientFormController {
  constructor(
    private readonly people: People,
    private readonly access: CareAccess,
    private readonly clinicians: Clinicians,
    private readonly names: DiscreetNames,
    private readonly practice: PracticeService,
    private readonly audit: AuditWriter,
  ) {}

  @Get('new')
  @Access('clients:write')
  async fresh(@Who() who: Principal): Promise<Page> {
    const timeZone = (await this.practice.current())?.timeZone ?? 'UTC';
    return this.newPage(who, { timeZone }, {});
  }

  @Post()
  @Access('clients:write')
  async create(@Who() who: Principal, @Body() body: unknown): Promise<Page> {
    const form = await readForm(ClientForm, body);
    if (!form.ok) return this.newPage(who, form.values, form.errors);
    const { clinicianId } = form.value;
    if (clinicianId && (await this.clinicians.byId(clinicianId))?.status !== 'active')
      return this.newPage(who, form.values, { clinicianId: 'people:fault.clinician' });
    const id = await this.people.createClient(who, { ...personOf(form.value), clinicianId: clinicianId || null });
    throw new SeeOther((await this.access.mayOpen(who, id)) ? `/clients/${id}` : `/clients/${id}/details`);
  }

  @Get(':id/details')
  @Access('clients:write')
  async details(@Who() who: Principal, @Param('id') id: string, @Query('saved') saved: unknown): Promise<Page> {
    await this.access.requireEdit(who, id);
    const client = await this.people.clientSummary(who, id);
    await this.audit.record(who, { action: 'client.details', object: `client:${id}`, clientId: id });
    return this.detailsPage(who, client, valuesOf(client), {}, saved === 'yes');
  }

  @Post(':id/details')
  @Access('clients:write')
  async save(@Who() who: Principal, @Param('id') id: string, @Body() body: unknown): Promise<Page> {
    await this.access.requireEdit(who, id);
    const client = await this.people.clientSummary(who, id);
    const form = await readForm(ClientDetailsForm, body);
    if (!form.ok) return this.detailsPage(who, client, form.values, form.errors, false);
    await this.people.updateClient(who, id, { ...personOf(form.value), status: form.value.status });
    throw new SeeOther(`/clients/${id}/details?saved=yes`);
  }

  private async newPage(who: Principal, values: FormValues, errors: FormErrors): Promise<Page> {
    const clinicians = seesWholeList(who) ? await this.clinicians.list() : [];
    return page('people/client-new', newClientView({ values, errors, clinicians, sees: seenBy(who) }), {
      layout: 'staff',
      title: 'people:new.title',
      current: 'clients',
      status: statusOf(errors),
    });
  }

  private async detailsPage(
    who: Principal,
    client: ClientSummary,
    values: FormValues,
    errors: FormErrors,
    saved: boolean,
  ): Promise<Page> {
    const names = this.names.viewFor(who);
    const mayOpen = await this.access.mayOpen(who, client.id);
    const named = { id: client.id, number: client.number, name: names.name(client.id) || client.displayName };
    return page(
      'people/client-details',
      clientDetailsView(named, { values, errors, sees: seenBy(who) }, { mayOpen, saved }),
      {
        layout: 'staff',
        title: 'people:details.title',
        current: 'clients',
        status: statusOf(errors),
      },
    );
  }
}

const statusOf = (errors: FormErrors): number => (Object.keys(errors).length > 0 ? 422 : 200);

const seenBy = (who: Principal): SeenClasses => ({
  contact: seesClass(who, 'contact'),
  birth: seesClass(who, 'birth'),
});
