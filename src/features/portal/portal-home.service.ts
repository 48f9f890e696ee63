import { Injectable } from '@nestjs/common';
import { can, type Principal } from '../../platform/access/principal.js';
import { AuditWriter } from '../../platform/audit/audit-writer.js';
import { Clock } from '../../platform/clock.js';
import { Directory } from '../../platform/directory/directory.js';
import { notFound } from '../../platform/errors/domain-error.js';
import { opensAt, SessionLinks } from '../encounters/public.js';
import { PracticeService } from '../practice/public.js';
import { Appointments, sameClock, type AppointmentFacts } from '../scheduling/public.js';
import type { PortalFacts } from './portal.model.js';

/** How many sessions the home lists. */
const LISTED = 8;

/** The first page of a client: their next session, what comes after it, and how to reach the practice. */
@Injectable()
export class PortalHomeService {
  constructor(
    private readonly appointments: Appointments,
    private readonly links: SessionLinks,
    private readonly practices: PracticeService,
    private readonly directory: Directory,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /** A client sees their own sessions; a guardian sees what was granted to them, which is nothing yet but this page itself. */
  async home(who: Principal): Promise<PortalFacts> {
    if (!can(who, 'portal:use')) throw notFound();
    const now = this.clock.now();
    const guardian = who.role === 'guardian';
    const sessions = guardian || !who.personId ? [] : await this.sessions(who, who.personId, now);
    const [next] = sessions;
    const joins = next?.modality === 'video' && who.personId;
    const practice = await this.practices.current();
    return {
      name: who.displayName ?? '',
      guardian,
      zone: (who.personId && this.directory.get(who.personId)?.timeZone) || who.timeZone || practice?.timeZone || 'UTC',
      sessions: sessions.map((facts) => ({
        ...facts,
        clinician: this.directory.get(facts.clinicianId)?.displayName ?? '',
      })),
      join: joins ? await this.links.clientPath(next.id, joins) : null,
      opensAt: joins ? opensAt(next) : null,
      practice: {
        name: practice?.name ?? '',
        phone: practice?.phone ?? null,
        email: practice?.email ?? null,
        crisisText: practice?.crisisText ?? null,
        crisisPhone: practice?.crisisPhone ?? null,
      },
      sameClock,
      now,
    };
  }

  private async sessions(who: Principal, clientId: string, now: Date): Promise<AppointmentFacts[]> {
    const upcoming = await this.appointments.upcomingForClient(clientId, now, LISTED);
    await this.audit.record(who, { action: 'portal.read', object: `client:${clientId}`, clientId });
    // A session that was ended before its time is over, whatever the calendar says.
    return upcoming.filter(({ status }) => status === 'booked');
  }
}
