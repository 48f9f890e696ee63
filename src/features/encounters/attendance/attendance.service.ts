import { Inject, Injectable } from '@nestjs/common';
import type { PresenceReport } from '@alcove/sdk';
import { DataSource, IsNull, LessThan, MoreThanOrEqual, type EntityManager } from 'typeorm';
import { systemPrincipal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { namedQuery, Sql } from '../../../platform/database/sql.js';
import { newId } from '../../../platform/ids.js';
import { LOG, type Log } from '../../../platform/logging/log.js';
import { Work } from '../../../platform/work/work.js';
import { AttendanceEntity } from './attendance.entity.js';
import { measuredMinutes, mergeSpans, SILENT_MS, spanAt, type Span } from './attendance.rules.js';

/** How long one person was in a session. */
export interface PersonAttendance {
  readonly personId: string;
  readonly role: 'host' | 'guest';
  readonly minutes: number;
  /** In order of time; a minute's absence is no absence. */
  readonly spans: readonly Span[];
}

interface ParticipantRow {
  ref: string;
  encounter_id: string;
  person_id: string;
  role: 'host' | 'guest';
  state: 'open' | 'ended';
}

interface SpanRow {
  person_id: string;
  role: 'host' | 'guest';
  from_at: Date;
  last_at: Date;
  until_at: Date | null;
}

const participantIn = namedQuery<ParticipantRow>(
  'encounters.participant-in-room',
  `SELECT p.ref, p.encounter_id, p.person_id, p.role, e.state FROM core.encounter_participant p
     JOIN core.encounter e ON e.id = p.encounter_id WHERE p.ref = $1 AND e.room = $2`,
);
const spansOf = namedQuery<SpanRow>(
  'encounters.attendance-of-session',
  `SELECT p.person_id, p.role, s.from_at, s.last_at, s.until_at FROM core.encounter_participant p
     JOIN core.attendance s ON s.participant = p.ref WHERE p.encounter_id = $1 ORDER BY s.from_at, s.id`,
);

/** Measured minutes: what the video provider reports about presence, kept as spans and joined when read. */
@Injectable()
export class AttendanceService {
  constructor(
    private readonly work: Work,
    private readonly sql: Sql,
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /**
   * Takes a report of the provider. Joins and leaves are audited; a sign of life only moves the end of an open span. A participant who
   * is not of this room is a fault of the provider and changes nothing.
   */
  async presence(report: PresenceReport): Promise<void> {
    const participant = await this.sql.first(participantIn, [report.participant, report.room]);
    if (!participant) {
      this.log.warn('encounters: a presence report names nobody of its room');
      return;
    }
    if (report.state === 'left') return this.leave(participant, report.page);
    if (participant.state === 'ended') return;
    if (report.state === 'alive' && (await this.alive(report))) return;
    await this.join(participant, report.page);
  }

  /** Everybody who was in a session. Access to the session was checked by the caller. */
  async ofEncounter(encounterId: string): Promise<PersonAttendance[]> {
    const now = this.clock.now();
    const people = new Map<string, { role: 'host' | 'guest'; spans: Span[] }>();
    for (const row of await this.sql.rows(spansOf, [encounterId])) {
      const person = people.get(row.person_id) ?? { role: row.role, spans: [] };
      person.spans.push(spanAt({ from: row.from_at, last: row.last_at, until: row.until_at }, now));
      people.set(row.person_id, person);
    }
    return [...people].map(([personId, { role, spans }]) => ({
      personId,
      role,
      minutes: measuredMinutes(spans),
      spans: mergeSpans(spans),
    }));
  }

  /** Ends spans that have been silent, at their last sign of life. Safe in several processes at once. Returns how many. */
  async sweep(): Promise<number> {
    const silentSince = new Date(this.clock.now().getTime() - SILENT_MS);
    const result = await this.spans()
      .createQueryBuilder()
      .update()
      .set({ untilAt: () => 'last_at' })
      .where({ untilAt: IsNull(), lastAt: LessThan(silentSince) })
      .execute();
    return result.affected ?? 0;
  }

  private async alive(report: PresenceReport): Promise<boolean> {
    const now = this.clock.now();
    const still = MoreThanOrEqual(new Date(now.getTime() - SILENT_MS));
    const { participant, page } = report;
    const result = await this.spans().update({ participant, page, untilAt: IsNull(), lastAt: still }, { lastAt: now });
    return (result.affected ?? 0) > 0;
  }

  private async join(participant: ParticipantRow, page: string): Promise<void> {
    const now = this.clock.now();
    await this.work.run(systemPrincipal('video-presence'), async (tx) => {
      const spans = this.spans(tx.manager);
      const open = { participant: participant.ref, page, untilAt: IsNull() };
      // A page that fell silent and is back starts a new span: the silence is measured, not forgiven.
      await spans.update(
        { ...open, lastAt: LessThan(new Date(now.getTime() - SILENT_MS)) },
        { untilAt: () => 'last_at' },
      );
      await spans
        .createQueryBuilder()
        .insert()
        .values({ id: newId(), participant: participant.ref, page, fromAt: now, lastAt: now, untilAt: null })
        .orIgnore()
        .execute();
      tx.audit({
        action: 'attendance.join',
        object: `encounter:${participant.encounter_id}`,
        ...(participant.role === 'guest' ? { clientId: participant.person_id } : {}),
      });
    });
  }

  private async leave(participant: ParticipantRow, page: string): Promise<void> {
    const now = this.clock.now();
    await this.work.run(systemPrincipal('video-presence'), async (tx) => {
      await this.spans(tx.manager).update(
        { participant: participant.ref, page, untilAt: IsNull() },
        { lastAt: now, untilAt: now },
      );
      tx.audit({
        action: 'attendance.leave',
        object: `encounter:${participant.encounter_id}`,
        ...(participant.role === 'guest' ? { clientId: participant.person_id } : {}),
      });
    });
  }

  private spans(manager: EntityManager = this.dataSource.manager) {
    return manager.getRepository(AttendanceEntity);
  }
}
