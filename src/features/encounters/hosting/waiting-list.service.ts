import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../platform/access/principal.js';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';
import { Sql } from '../../../platform/database/sql.js';
import { AnswerSeal, type DoorAnswers } from '../door/door-answers.js';
import { arrivalsOf, waitingFor, type ArrivalRow, type EncounterRow, type WaitingRow } from '../encounter.queries.js';

export interface BoardEntry {
  readonly arrival: ArrivalRow;
  readonly answers: DoorAnswers;
  /** Another device of the same person is inside or came before. */
  readonly second: boolean;
}

/** Reads of who waits: the pill on every staff page, and the people of one session with what they said at the door. */
@Injectable()
export class WaitingListService {
  constructor(
    private readonly sql: Sql,
    private readonly audit: AuditWriter,
    private readonly answers: AnswerSeal,
  ) {}

  /** Who waits for this person over all their open sessions; nobody for people who host none. */
  async waiting(who: Principal): Promise<WaitingRow[]> {
    if (!who.personId || !who.permissions.has('session:host')) return [];
    return this.sql.rows(waitingFor, [who.personId]);
  }

  /** Everybody who ever came to the door of one session, without opening what they said. */
  arrivals(encounter: EncounterRow): Promise<ArrivalRow[]> {
    return this.sql.rows(arrivalsOf, [encounter.id]);
  }

  /** Everybody at the door of one session with what they said there. The read is audited per client; access was checked with `session`. */
  async board(who: Principal, encounter: EncounterRow): Promise<BoardEntry[]> {
    const rows = await this.arrivals(encounter);
    const present = rows.filter((row) => row.state === 'waiting' || row.state === 'admitted');
    const clients = [...new Set(present.map((row) => row.client_id))];
    await Promise.all(
      clients.map((clientId) =>
        this.audit.record(who, { action: 'door-answers.read', object: `encounter:${encounter.id}`, clientId }),
      ),
    );
    return Promise.all(
      present.map(async (arrival) => ({
        arrival,
        answers: await this.answers.open(encounter.case_id, arrival),
        second: present.some(
          (other) =>
            other.id !== arrival.id &&
            other.client_id === arrival.client_id &&
            (other.state === 'admitted' || (arrival.state === 'waiting' && other.arrived_at < arrival.arrived_at)),
        ),
      })),
    );
  }
}
