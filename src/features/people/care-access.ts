import { Injectable } from '@nestjs/common';
import { can, type Principal, type Role } from '../../platform/access/principal.js';
import { Clock } from '../../platform/clock.js';
import { notFound } from '../../platform/errors/domain-error.js';
import { isId } from '../../platform/ids.js';
import type { AssignmentKind } from './people.model.js';
import { PeopleQueries } from './people.queries.js';

/** Roles that see the list of everybody in care, while they may see a list at all. It never includes the chart. */
const WHOLE_LIST: readonly Role[] = ['owner', 'scheduler', 'biller'];
/** Roles that book for anybody, while they may see a calendar at all. */
const WHOLE_CALENDAR: readonly Role[] = ['owner', 'scheduler'];

/** Why a chart is open to somebody: the work they do with the client, an emergency, or the server itself. */
export type CareBasis = AssignmentKind | 'emergency' | 'system';

export interface CareGround {
  readonly basis: CareBasis;
  /** When it ends by itself; null while nobody has said. */
  readonly until: Date | null;
}

/**
 * Who may see which client. A chart opens for the clinicians who work with the client now: assigned, covering or supervising, by date.
 * No role opens a chart by itself, not even the owner's; emergency access is a separate act with a reason, and opens the same chart for
 * the same account until its end. What must stay shut in an emergency (psychotherapy notes) looks at `basis` and refuses `emergency`.
 */
@Injectable()
export class CareAccess {
  constructor(
    private readonly queries: PeopleQueries,
    private readonly clock: Clock,
  ) {}

  /** Why this chart is open to them, the strongest reason first; undefined when it is not. One statement. */
  async basis(who: Principal, clientId: string): Promise<CareGround | undefined> {
    if (!isId(clientId) || !can(who, 'chart:read')) return undefined;
    if (who.kind === 'system') return { basis: 'system', until: null };
    const opensInEmergency = who.kind === 'user' && can(who, 'emergency:open');
    const row = await this.queries.ground({
      clinicianId: who.personId ?? null,
      clientId,
      accountId: opensInEmergency ? who.id : null,
      at: this.clock.now(),
    });
    return row && { basis: row.basis, until: row.until_at };
  }

  async mayOpen(who: Principal, clientId: string): Promise<boolean> {
    return (await this.basis(who, clientId)) !== undefined;
  }

  /** Why it is open to them. Throws not-found, the same for an unknown client and for one who is not theirs. */
  async requireOpen(who: Principal, clientId: string): Promise<CareGround> {
    const ground = await this.basis(who, clientId);
    if (!ground) throw notFound();
    return ground;
  }

  /** May book, change contact data and the like: the front desk for anybody, clinicians for those they work with. */
  async mayBook(who: Principal, clientId: string): Promise<boolean> {
    if (!isId(clientId) || !can(who, 'calendar:write')) return false;
    if (seesWholeCalendar(who)) return true;
    return this.worksWith(who, clientId);
  }

  async mayEdit(who: Principal, clientId: string): Promise<boolean> {
    if (!isId(clientId) || !can(who, 'clients:write')) return false;
    if (seesWholeList(who)) return true;
    return this.worksWith(who, clientId);
  }

  /** Throws not-found for whoever may not change what is known about this client; an emergency changes nothing. */
  async requireEdit(who: Principal, clientId: string): Promise<void> {
    if (!(await this.mayEdit(who, clientId))) throw notFound();
  }

  /** The clients whose names this principal may see in a list: everybody, or a set of ids (empty for roles without a list). */
  async clientsOf(who: Principal): Promise<'all' | ReadonlySet<string>> {
    if (!can(who, 'clients:read')) return new Set();
    if (seesWholeList(who)) return 'all';
    if (!who.personId) return new Set();
    return this.queries.caseload(who.personId, this.clock.now());
  }

  /** An emergency opens a chart for reading: it makes nobody the client's clinician, so it does not count here. */
  private async worksWith(who: Principal, clientId: string): Promise<boolean> {
    if (who.kind !== 'user' || !who.personId) return false;
    return this.queries.isAssigned(who.personId, clientId, this.clock.now());
  }
}

/** True for those who see every client's name in lists. A role from which owners took the list sees none. */
export const seesWholeList = (who: Principal): boolean =>
  who.kind === 'system' || (can(who, 'clients:read') && WHOLE_LIST.some((role) => role === who.role));

/** True for those who see and change every clinician's calendar. A role from which owners took the calendar sees none. */
export const seesWholeCalendar = (who: Principal): boolean =>
  who.kind === 'system' || (can(who, 'calendar:read') && WHOLE_CALENDAR.some((role) => role === who.role));
