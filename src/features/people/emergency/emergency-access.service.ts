import { Injectable } from '@nestjs/common';
import { can, type Principal } from '../../../platform/access/principal.js';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';
import { Clock } from '../../../platform/clock.js';
import { Sql } from '../../../platform/database/sql.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { isId, newId } from '../../../platform/ids.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work, type Tx } from '../../../platform/work/work.js';
import { CareAccess } from '../care-access.js';
import { PEOPLE_ERRORS } from '../people.errors.js';
import {
  EMERGENCY_MINUTES,
  EMERGENCY_WHYS,
  LONGEST_WORDS,
  MOST_OPEN,
  SHORTEST_WORDS,
  type EmergencyRequest,
} from './emergency.model.js';
import { CLIENT_OF_NUMBER, emergencyWrites, OPEN_COUNT, type EndedRow } from './emergency.queries.js';
import { EmergencyWords } from './emergency-words.js';

const MINUTE_MS = 60_000;
/** Client numbers as they are written: a few digits. */
const NUMBER = /^[1-9]\d{0,14}$/;

/**
 * Opens one chart outside somebody's care, for a short time, with a reason that owners read. What it opens is decided in `CareAccess`;
 * this is the act and its end.
 */
@Injectable()
export class EmergencyAccess {
  constructor(
    private readonly access: CareAccess,
    private readonly words: EmergencyWords,
    private readonly notices: Notices,
    private readonly work: Work,
    private readonly sql: Sql,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens the chart of the client with this number. A chart that is open to them already stays as it is: nothing is made longer.
   *
   * @returns the client's id
   * @throws DomainError `people.emergency-limit`, `people.emergency-reason`, and `people.emergency-refused` for a number that nobody has
   * as for one that may not be opened this way
   */
  async open(who: Principal, request: EmergencyRequest): Promise<string> {
    this.requireRight(who);
    requireReason(request);
    // Before the number is looked up, so that the limit says nothing about it.
    await this.requireRoom(who);
    const clientId = await this.clientOf(who, request.number);
    if (clientId === undefined) {
      await this.audit.record(who, { action: 'emergency.open', outcome: 'refused', reason: 'number' });
      throw new DomainError(PEOPLE_ERRORS['people.emergency-refused']);
    }
    if (await this.access.mayOpen(who, clientId)) return clientId;
    const id = newId();
    const reasonEnc = await this.words.seal(id, request.words);
    await this.work.run(who, (tx) => this.openInside(tx, { id, clientId, reasonEnc, request }));
    return clientId;
  }

  /** Closes it sooner. Throws not-found when there is nothing open. */
  async close(who: Principal, clientId: string): Promise<void> {
    this.requireRight(who);
    if (!isId(clientId)) throw notFound();
    await this.work.run(who, async (tx) => {
      const ended = await emergencyWrites.close(tx.manager, who.id, clientId, this.clock.now());
      if (!ended) throw notFound();
      tellEnd(tx, ended, 'closed');
    });
  }

  private async openInside(
    tx: Tx,
    opening: { id: string; clientId: string; reasonEnc: Buffer; request: EmergencyRequest },
  ): Promise<void> {
    const { id, clientId, reasonEnc, request } = opening;
    const { who, manager } = tx;
    const now = this.clock.now();
    await emergencyWrites.queue(manager, who.id);
    for (const ended of await emergencyWrites.endOverdue(manager, { accountId: who.id }, now))
      tellEnd(tx, ended, 'time');
    if ((await emergencyWrites.countOpen(manager, who.id, now)) >= MOST_OPEN)
      throw new DomainError(PEOPLE_ERRORS['people.emergency-limit']);
    const untilAt = new Date(now.getTime() + request.minutes * MINUTE_MS);
    const row = { id, clientId, reasonEnc, why: request.why, openedAt: now, untilAt };
    await emergencyWrites.insert(manager, { ...row, accountId: who.id, personId: who.personId ?? null });
    const facts = { why: request.why, minutes: request.minutes };
    tx.audit({ action: 'emergency.open', object: `emergency-access:${id}`, clientId, reason: request.why, facts });
    tx.emit('emergency.opened', clientId, { emergencyId: id, clientId, accountId: who.id });
    await this.tellPeople(tx, id, clientId, request.minutes, now);
  }

  /** Owners and whoever works with the client hear of it with the same commit that opens the chart. */
  private async tellPeople(tx: Tx, id: string, clientId: string, count: number, now: Date): Promise<void> {
    const persons = await emergencyWrites.cliniciansOf(tx.manager, clientId, now);
    await this.notices.tell(
      tx,
      { holdersOf: 'audit:review' },
      { kind: 'emergency.open', facts: { count }, href: `/admin/emergency/${id}` },
    );
    await this.notices.tell(
      tx,
      { persons, except: tx.who.id },
      { kind: 'emergency.open-yours', facts: { count }, href: `/clients/${clientId}` },
    );
  }

  private requireRight(who: Principal): void {
    if (who.kind !== 'user' || !can(who, 'emergency:open') || !can(who, 'chart:read')) throw notFound();
  }

  private async requireRoom(who: Principal): Promise<void> {
    const open = (await this.sql.first(OPEN_COUNT, [who.id, this.clock.now()]))?.open ?? 0;
    if (open >= MOST_OPEN) throw new DomainError(PEOPLE_ERRORS['people.emergency-limit']);
  }

  /** Nobody opens their own chart; for that there is the portal. */
  private async clientOf(who: Principal, number: string): Promise<string | undefined> {
    const found = NUMBER.test(number) ? await this.sql.first(CLIENT_OF_NUMBER, [number]) : undefined;
    return found?.id === who.personId ? undefined : found?.id;
  }
}

function requireReason({ why, words, minutes }: EmergencyRequest): void {
  const known = EMERGENCY_WHYS.includes(why) && EMERGENCY_MINUTES.includes(minutes);
  if (!known || words.trim().length < SHORTEST_WORDS || words.length > LONGEST_WORDS)
    throw new DomainError(PEOPLE_ERRORS['people.emergency-reason']);
}

/** The end belongs to the audit like the beginning; `why` is `closed` by the person or `time`. */
export function tellEnd(tx: Tx, ended: EndedRow, why: 'closed' | 'time'): void {
  const { id, client_id: clientId } = ended;
  const minutes = Math.ceil((ended.closed_at.getTime() - ended.opened_at.getTime()) / MINUTE_MS);
  tx.audit({ action: 'emergency.close', object: `emergency-access:${id}`, clientId, reason: why, facts: { minutes } });
  tx.emit('emergency.closed', clientId, { emergencyId: id, clientId });
}
