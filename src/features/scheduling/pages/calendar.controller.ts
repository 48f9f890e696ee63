import { Controller, Get, Query, Req } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Request } from 'express';
import type { Principal } from '../../../platform/access/principal.js';
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
import { askedDay, calendarView, weekDays } from './calendar.view.js';
import { dayIn, idIn, textIn } from './query.js';
import { readerOf } from './reader.js';

/** The week of a clinician. */
@Controller('calendar')
export class CalendarController {
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
  @Access('calendar:read')
  async show(@Who() who: Principal, @Req() request: Request, @Query() query: Record<string, unknown>): Promise<Page> {
    const options = { layout: 'staff', title: 'scheduling:calendar.title', current: 'calendar' } as const;
    const owner = this.owners.resolve(who, idIn(query.clinician));
    if (!owner) return page('scheduling/no-clinicians', {}, options);
    const now = this.clock.now();
    const today = localDayOf(now, owner.zone);
    const day = askedDay(dayIn(query.day), textIn(query.week, 8), today);
    const days = weekDays(day);
    const names = this.names.viewFor(who);
    const appointments = await this.queries.days(owner.id, days);
    const [decorations] = await Promise.all([
      this.decorators.decorate(appointments, { who, now }),
      this.audit.record(who, {
        action: 'calendar.read',
        object: `clinician:${owner.id}`,
        facts: { from: days[0], count: appointments.length },
      }),
    ]);
    const model = calendarView(
      {
        day,
        today,
        zone: owner.zone,
        now,
        appointments,
        decorations,
        mayBook: mayWriteCalendar(who, owner.id),
        clinician: owner.own ? null : owner,
        clinicians: owner.choices,
        namesHidden: names.hidden,
        name: names.name,
        zoneOf: (id) => this.directory.get(id)?.timeZone,
      },
      readerOf(this.i18n, who, request),
    );
    return page('scheduling/calendar', model, options);
  }
}
