import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Sql } from '../../platform/database/sql.js';
import { DayDecorators, type AppointmentFacts, type DayDecoration } from '../scheduling/public.js';
import { opensAt } from './door/door.rules.js';
import { doorOfMany, type DayRow } from './encounter.queries.js';

const MINUTE = 60_000;

/** What the door adds to the lines of Today: who waits and for how long, and the way into the session. */
@Injectable()
export class DayDecorations implements OnModuleInit {
  constructor(
    private readonly decorators: DayDecorators,
    private readonly sql: Sql,
  ) {}

  onModuleInit(): void {
    this.decorators.register(async (appointments, { who, now }) => {
      const video = appointments.filter(({ modality, status }) => modality === 'video' && status !== 'cancelled');
      if (video.length === 0) return new Map();
      const rows = await this.sql.rows(doorOfMany, [video.map(({ id }) => id)]);
      const byAppointment = new Map(rows.map((row) => [row.appointment_id, row]));
      const mine = (appointment: AppointmentFacts): boolean =>
        who.permissions.has('session:host') && who.personId === appointment.clinicianId;
      return new Map(
        video.map((appointment) => [
          appointment.id,
          decoration(appointment, byAppointment.get(appointment.id), mine(appointment), now),
        ]),
      );
    });
  }
}

/** Pure: chip and action of one line. Only the clinician of the appointment gets the way in. */
export function decoration(
  appointment: Pick<AppointmentFacts, 'id' | 'startsAt' | 'endsAt'>,
  door: DayRow | undefined,
  mine: boolean,
  now: Date,
): DayDecoration {
  const href = `/sessions/${appointment.id}`;
  if (door?.state === 'ended')
    return {
      chip: { tone: 'done', text: 'encounters:day.ended' },
      ...(mine ? { action: { href, label: 'encounters:day.minutes', icon: null, style: 'text' as const } } : {}),
    };
  const open = { href, label: 'encounters:day.open', icon: 'video' };
  if (door?.waiting_since) {
    const minutes = Math.max(0, Math.floor((now.getTime() - door.waiting_since.getTime()) / MINUTE));
    const text = minutes === 0 ? 'encounters:day.waiting-now' : 'encounters:day.waiting';
    return {
      chip: { tone: 'well-on', text, ...(minutes === 0 ? {} : { values: { count: minutes } }) },
      here: true,
      ...(mine ? { action: { ...open, style: 'primary' as const } } : {}),
    };
  }
  if (door && door.inside > 0)
    return {
      chip: { tone: 'well-on', text: 'encounters:day.inside' },
      here: true,
      ...(mine ? { action: { ...open, style: 'primary' as const } } : {}),
    };
  const near = now >= opensAt(appointment) && now < appointment.endsAt;
  return mine && (near || door) ? { action: { ...open, style: near ? 'primary' : 'quiet' } } : {};
}
