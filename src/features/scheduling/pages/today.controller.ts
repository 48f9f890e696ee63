import { Controller, Get, Query, Req } from '@nestjs/common';
import { Access, BackgroundAccess } from '@alcove/sdk';
import type { Request } from 'express';
import { can, type Principal } from '../../../platform/access/principal.js';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';
import { Clock } from '../../../platform/clock.js';
import { Directory } from '../../../platform/directory/directory.js';
import { Who } from '../../../platform/http/request.js';
import { I18n } from '../../../platform/i18n/i18n.js';
import { page, type Page } from '../../../platform/views/page.js';
import { DiscreetNames } from '../../people/public.js';
import { AppointmentQueries } from '../appointment.queries.js';
import { mayWriteCalendar } from '../calendar-access.js';
import { CalendarOwners } from '../calendar-owner.service.js';
import { DayDecorators } from '../day-decorators.js';
import { localDayOf } from '../wall-time.js';
import { dayIn, idIn } from './query.js';
import { readerOf } from './reader.js';
import { todayView } from './today.view.js';

/** The day of a clinician. A hot page: one read of the day, one audit row, whatever the day holds. */
@Controller('today')
export class TodayController {
  constructor(
    private readonly queries: AppointmentQueries,
    private readonly owners: CalendarOwners,
    private readonly decorators: DayDecorators,
    private readonly names: DiscreetNames,
    private readonly directory: Directory,
    private readonly audit: AuditWriter,
    private readonly i18n: I18n,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Access('day:read')
  async show(
    @Who() who: Principal,
    @Req() request: Request,
    @Query('day') askedDay: unknown,
    @Query('clinician') askedClinician: unknown,
  ): Promise<Page> {
    return this.page(who, request, askedDay, askedClinician, 'staff');
  }

  /** The page without its frame, which an open page asks for when something in the day changed. */
  @Get('lines')
  @BackgroundAccess('day:read')
  async lines(
    @Who() who: Principal,
    @Req() request: Request,
    @Query('day') askedDay: unknown,
    @Query('clinician') askedClinician: unknown,
  ): Promise<Page> {
    return this.page(who, request, askedDay, askedClinician, 'fragment');
  }

  private async page(
    who: Principal,
    request: Request,
    askedDay: unknown,
    askedClinician: unknown,
    layout: 'staff' | 'fragment',
  ): Promise<Page> {
    const options = { layout, title: 'scheduling:today.title', current: 'today' } as const;
    const owner = this.owners.resolve(who, idIn(askedClinician));
    if (!owner) return page('scheduling/no-clinicians', {}, options);
    const now = this.clock.now();
    const today = localDayOf(now, owner.zone);
    const day = dayIn(askedDay) ?? today;
    const names = this.names.viewFor(who);
    const appointments = await this.queries.day(owner.id, day);
    const [decorations] = await Promise.all([
      this.decorators.decorate(appointments, { who, now }),
      this.audit.record(who, {
        action: 'day.read',
        object: `clinician:${owner.id}`,
        facts: { day, count: appointments.length },
      }),
    ]);
    const model = todayView(
      {
        day,
        zone: owner.zone,
        now,
        today,
        appointments,
        decorations,
        rights: { host: owner.own && can(who, 'session:host'), chart: owner.own && can(who, 'chart:read') },
        mayBook: mayWriteCalendar(who, owner.id),
        clinician: owner.own ? null : owner,
        clinicians: owner.choices,
        namesHidden: names.hidden,
        name: names.name,
        zoneOf: (id) => this.directory.get(id)?.timeZone,
      },
      readerOf(this.i18n, who, request),
    );
    return page('scheduling/today', model, options);
  }
}
