import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';
import { Clock } from '../../../platform/clock.js';
import { Directory, type DirectoryEntry } from '../../../platform/directory/directory.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { readForm, type FormErrors, type FormValues } from '../../../platform/http/form.js';
import { Who } from '../../../platform/http/request.js';
import { SeeOther } from '../../../platform/http/session-redirect.js';
import { isId } from '../../../platform/ids.js';
import { page, type Page } from '../../../platform/views/page.js';
import { CareAccess, DiscreetNames } from '../../people/public.js';
import { Booking } from '../booking.service.js';
import { mayWriteCalendar } from '../calendar-access.js';
import { CalendarOwners, type CalendarOwner } from '../calendar-owner.service.js';
import { Offers } from '../offers.service.js';
import { localDayOf, nextHalfHour } from '../wall-time.js';
import { BookForm, withPick } from './appointment.form.js';
import { bookView, conflictModel, type ConflictModel } from './appointment.view.js';
import { bookingFault } from './booking-fault.js';
import { dayIn, idIn, textIn, timeIn } from './query.js';
import { whoComesView } from './who-comes.view.js';

const FOUND = 20;

/** Books an appointment: first who comes, then when. */
@Controller('appointments')
export class BookingController {
  constructor(
    private readonly booking: Booking,
    private readonly offers: Offers,
    private readonly owners: CalendarOwners,
    private readonly care: CareAccess,
    private readonly names: DiscreetNames,
    private readonly directory: Directory,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  @Get('new')
  @Access('calendar:write')
  async fresh(@Who() who: Principal, @Query() query: Record<string, unknown>): Promise<Page> {
    const owner = this.owner(who, idIn(query.clinician));
    const now = this.clock.now();
    const today = localDayOf(now, owner.zone);
    const day = dayIn(query.day) ?? today;
    const morning = day === today ? nextHalfHour(now, owner.zone) : '09:00';
    const slot = { day, time: timeIn(query.time) ?? morning, clinicianId: owner.id };
    const clientId = idIn(query.client);
    if (!clientId) return this.whoComes(who, textIn(query.q), slot);
    const values = { ...slot, clientId, minutes: '50', service: 'individual', modality: 'video' };
    return this.formPage(who, owner, clientId, values, {}, null, 200);
  }

  @Post()
  @Access('calendar:write')
  async book(@Who() who: Principal, @Body() body: unknown): Promise<Page> {
    const form = await readForm(BookForm, withPick(body));
    const owner = this.owner(who, idIn(form.values.clinicianId));
    const clientId = idIn(form.values.clientId);
    if (!clientId) throw notFound();
    if (!form.ok) return this.formPage(who, owner, clientId, form.values, form.errors, null, 422);
    const { day, time, service, modality } = form.value;
    const wanted = { clinicianId: owner.id, day, time, minutes: Number(form.value.minutes), timeZone: owner.zone };
    let booked: { id: string };
    try {
      booked = await this.booking.book(who, { ...wanted, clientId, service, modality });
    } catch (error) {
      const fault = bookingFault(error);
      const conflict = fault.taken
        ? conflictModel(await this.offers.explain({ ...wanted, clientIds: [clientId], except: null }))
        : null;
      return this.formPage(who, owner, clientId, form.values, fault.errors, conflict, fault.status);
    }
    throw new SeeOther(`/appointments/${booked.id}`);
  }

  private owner(who: Principal, asked: string | undefined): CalendarOwner {
    const owner = this.owners.resolve(who, asked);
    if (!owner || !mayWriteCalendar(who, owner.id)) throw notFound();
    return owner;
  }

  private async whoComes(
    who: Principal,
    query: string,
    slot: { day: string; time: string; clinicianId: string },
  ): Promise<Page> {
    const mine = await this.care.clientsOf(who);
    const allowed = (entry: DirectoryEntry): boolean =>
      entry.status !== 'ended' && (mine === 'all' || mine.has(entry.id));
    const found = this.directory.page({ kind: 'client', allowed, limit: FOUND, query });
    await this.audit.record(who, {
      action: 'clients.list',
      facts: { count: found.entries.length, search: query !== '', for: 'booking' },
    });
    const names = this.names.viewFor(who);
    return page('scheduling/who-comes', whoComesView(found.entries, found.next !== null, query, slot, names.of), {
      layout: 'staff',
      title: 'scheduling:book.title',
      current: 'calendar',
    });
  }

  private async formPage(
    who: Principal,
    owner: CalendarOwner,
    clientId: string,
    values: FormValues,
    errors: FormErrors,
    conflict: ConflictModel | null,
    status: number,
  ): Promise<Page> {
    const entry = isId(clientId) ? this.directory.get(clientId) : undefined;
    if (!entry?.kinds.includes('client') || !(await this.care.mayBook(who, clientId))) throw notFound();
    await this.audit.record(who, { action: 'booking-page.read', object: `client:${clientId}`, clientId });
    const names = this.names.viewFor(who);
    const model = bookView({
      client: { id: clientId, name: names.of(entry), zone: entry.timeZone },
      clinician: owner,
      clinicians: owner.choices,
      values,
      errors,
      conflict,
      now: this.clock.now(),
      back: '/calendar',
    });
    return page('scheduling/book', model, {
      layout: 'staff',
      title: 'scheduling:book.title',
      current: 'calendar',
      status,
    });
  }
}
