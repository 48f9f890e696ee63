import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Directory } from '../../platform/directory/directory.js';
import { ChartSections, type ChartRow } from '../people/public.js';
import type { AppointmentFacts } from './appointment.model.js';
import { Appointments } from './appointments.js';

const SHOWN = 5;

/** Upcoming and past appointments on the overview of a chart. */
@Injectable()
export class ChartAppointments implements OnModuleInit {
  constructor(
    private readonly sections: ChartSections,
    private readonly appointments: Appointments,
    private readonly directory: Directory,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.sections.register({
      id: 'upcoming',
      column: 'main',
      order: 10,
      load: async (who, clientId, ground) => {
        const found = await this.appointments.upcomingForClient(clientId, this.clock.now(), SHOWN);
        return {
          title: 'scheduling:chart.upcoming',
          rows: found.map((facts) => this.row(facts, facts.clinicianId === who.personId)),
          empty: 'scheduling:chart.none-upcoming',
          link:
            ground.basis === 'emergency'
              ? null
              : { href: `/appointments/new?client=${clientId}`, label: 'scheduling:action.book' },
        };
      },
    });
    this.sections.register({
      id: 'past',
      column: 'main',
      order: 20,
      load: async (who, clientId) => {
        const found = await this.appointments.pastForClient(clientId, this.clock.now(), SHOWN);
        return {
          title: 'scheduling:chart.past',
          rows: found.map((facts) => this.row(facts, facts.clinicianId === who.personId)),
          empty: 'scheduling:chart.none-past',
          link: null,
        };
      },
    });
  }

  /** Somebody else's appointment with the client is told, but its page is theirs. */
  private row(facts: AppointmentFacts, own: boolean): ChartRow {
    return {
      href: own ? `/appointments/${facts.id}` : null,
      at: facts.startsAt.toISOString(),
      zone: facts.timeZone,
      text: own ? `scheduling:place.${facts.modality}` : (this.directory.name(facts.clinicianId) ?? ''),
      chip: CHIPS[facts.status],
    };
  }
}

const CHIPS: Readonly<Record<AppointmentFacts['status'], ChartRow['chip']>> = {
  booked: null,
  attended: { tone: 'done', text: 'scheduling:state.attended' },
  cancelled: { tone: '', text: 'scheduling:state.cancelled' },
};
