import { Body, Controller, Get, Param, Post, Req } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Request } from 'express';
import { can, type Principal } from '../../../platform/access/principal.js';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';
import { Clock } from '../../../platform/clock.js';
import { Directory } from '../../../platform/directory/directory.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { readForm } from '../../../platform/http/form.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { I18n } from '../../../platform/i18n/i18n.js';
import { page, type Page } from '../../../platform/views/page.js';
import { DiscreetNames } from '../../people/public.js';
import { AppointmentLinks, type AppointmentLink } from '../appointment-links.js';
import type { AppointmentFacts } from '../appointment.model.js';
import { Booking } from '../booking.service.js';
import { mayWriteCalendar } from '../calendar-access.js';
import { Offers } from '../offers.service.js';
import { CancelForm, LinkForm, MoveForm, NewLinkForm, withPick } from './appointment.form.js';
import { appointmentView, conflictModel, type AppointmentInput } from './appointment.view.js';
import { bookingFault } from './booking-fault.js';
import { readerOf } from './reader.js';

type Extra = Pick<AppointmentInput, 'move' | 'conflict' | 'changed' | 'cancelErrors' | 'link'>;

/** One appointment: look at it, move it, cancel it, hand out the link into it. */
@Controller('appointments/:id')
export class AppointmentController {
  constructor(
    private readonly booking: Booking,
    private readonly offers: Offers,
    private readonly links: AppointmentLinks,
    private readonly names: DiscreetNames,
    private readonly directory: Directory,
    private readonly audit: AuditWriter,
    private readonly i18n: I18n,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Access('calendar:read')
  async show(@Who() who: Principal, @Req() request: Request, @Param('id') id: string): Promise<Page> {
    const facts = await this.booking.read(who, id);
    for (const clientId of facts.memberIds)
      await this.audit.record(who, { action: 'appointment.read', object: `appointment:${id}`, clientId });
    return this.detailsPage(who, request, facts, {}, 200);
  }

  @Post('move')
  @Access('calendar:write')
  async move(
    @Who() who: Principal,
    @Req() request: Request,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Page> {
    const facts = await this.booking.read(who, id);
    const form = await readForm(MoveForm, withPick(body));
    if (!form.ok) return this.detailsPage(who, request, facts, { move: form }, 422);
    const { day, time } = form.value;
    const wanted = { day, time, minutes: Number(form.value.minutes) };
    try {
      await this.booking.move(who, id, { ...wanted, version: Number(form.value.version) });
    } catch (error) {
      const fault = bookingFault(error);
      const now = await this.booking.read(who, id);
      const question = {
        ...wanted,
        clinicianId: now.clinicianId,
        clientIds: now.memberIds,
        timeZone: now.timeZone,
        except: id,
      };
      const conflict = fault.taken ? conflictModel(await this.offers.explain(question)) : null;
      const move = { values: form.values, errors: fault.errors };
      return this.detailsPage(who, request, now, { move, conflict, changed: fault.changed }, fault.status);
    }
    throw new SeeOther(`/appointments/${id}`);
  }

  @Post('cancel')
  @Access('calendar:write')
  async cancel(
    @Who() who: Principal,
    @Req() request: Request,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Page> {
    const facts = await this.booking.read(who, id);
    const form = await readForm(CancelForm, body);
    if (!form.ok) return this.detailsPage(who, request, facts, { cancelErrors: form.errors }, 422);
    try {
      await this.booking.cancel(who, id, { version: Number(form.value.version), reason: form.value.reason });
    } catch (error) {
      const fault = bookingFault(error);
      return this.detailsPage(who, request, await this.booking.read(who, id), { changed: fault.changed }, fault.status);
    }
    throw new SeeOther(`/appointments/${id}`);
  }

  /** The link is in the answer and nowhere else, so there is no address to go on to. */
  @Post('link')
  @Access('calendar:write')
  async showLink(
    @Who() who: Principal,
    @Req() request: Request,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Page> {
    const form = await readForm(LinkForm, body);
    if (!form.ok) throw notFound();
    return this.linkPage(who, request, id, () => this.links.show(who, id, form.value.clientId));
  }

  @Post('link/new')
  @Access('calendar:write')
  async newLink(
    @Who() who: Principal,
    @Req() request: Request,
    @Param('id') id: string,
    @Body() body: unknown,
  ): Promise<Page> {
    const form = await readForm(NewLinkForm, body);
    if (!form.ok) throw notFound();
    const { clientId, version } = form.value;
    return this.linkPage(who, request, id, () => this.links.renew(who, id, clientId, Number(version)));
  }

  private async linkPage(
    who: Principal,
    request: Request,
    id: string,
    make: () => Promise<AppointmentLink>,
  ): Promise<Page> {
    let link: AppointmentLink;
    try {
      link = await make();
    } catch (error) {
      const fault = bookingFault(error);
      return this.detailsPage(who, request, await this.booking.read(who, id), { changed: fault.changed }, fault.status);
    }
    return this.detailsPage(who, request, await this.booking.read(who, id), { link }, 200);
  }

  private async detailsPage(
    who: Principal,
    request: Request,
    facts: AppointmentFacts,
    extra: Extra,
    status: number,
  ): Promise<Page> {
    const names = this.names.viewFor(who);
    const own = who.personId === facts.clinicianId;
    const model = appointmentView(
      {
        ...extra,
        facts,
        members: facts.memberIds.map((clientId) => ({ id: clientId, name: names.name(clientId) })),
        clinicianName: this.directory.name(facts.clinicianId) ?? '',
        clientZones: facts.memberIds.flatMap((clientId) => this.directory.get(clientId)?.timeZone ?? []),
        now: this.clock.now(),
        mayChange: mayWriteCalendar(who, facts.clinicianId),
        linksOffered: this.links.offered,
        chart: own && can(who, 'chart:read') && facts.memberIds.length === 1 ? `/clients/${facts.memberIds[0]}` : null,
        host: own && can(who, 'session:host'),
      },
      readerOf(this.i18n, who, request),
    );
    return page('scheduling/appointment', model, {
      layout: 'staff',
      title: 'scheduling:appointment.title',
      current: 'calendar',
      status,
      scripts: extra.link ? ['scheduling/copy.js'] : [],
    });
  }
}
