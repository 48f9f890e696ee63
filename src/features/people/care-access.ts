import { Injectable } from '@nestjs/common';
import { can, type Principal, type Role } from '../../platform/access/principal.js';
import { Clock } from '../../platform/clock.js';
import { notFound } from '../../platform/errors/domain-error.js';
import { isId } from '../../platform/ids.js';
import { PeopleQueries } from './people.queries.js';

/** Roles that see the list of everybody in care. It never includes the chart. */
const WHOLE_LIST: readonly Role[] = ['owner', 'scheduler', 'biller'];
/** Roles that book for anybody. */
const WHOLE_CALENDAR: readonly Role[] = ['owner', 'scheduler'];

/**
 * Who may see which client. A chart opens for the clinicians who work with the client now: assigned, covering or supervising, by date.
 * No role opens a chart by itself, not even the owner's; emergency access is a separate act with a reason.
 */
@Injectable()
export class CareAccess {
  constructor(
    private readonly queries: PeopleQueries,
    private readonly clock: Clock,
  ) {}

  async mayOpen(who: Principal, clientId: string): Promise<boolean> {
    if (!isId(clientId) || !can(who, 'chart:read')) return false;
    if (who.kind === 'system') return true;
    return this.worksWith(who, clientId);
  }

  /** Throws not-found, the same for an unknown client and for one who is not theirs. */
  async requireOpen(who: Principal, clientId: string): Promise<void> {
    if (!(await this.mayOpen(who, clientId))) throw notFound();
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

  /** The clients whose names this principal may see in a list: everybody, or a set of ids (empty for roles without a list). */
  async clientsOf(who: Principal): Promise<'all' | ReadonlySet<string>> {
    if (!can(who, 'clients:read')) return new Set();
    if (seesWholeList(who)) return 'all';
    if (!who.personId) return new Set();
    return this.queries.caseload(who.personId, this.clock.now());
  }

  private async worksWith(who: Principal, clientId: string): Promise<boolean> {
    if (!who.personId || !STAFF_WITH_CASELOAD.some((role) => role === who.role)) return false;
    return this.queries.isAssigned(who.personId, clientId, this.clock.now());
  }
}

const STAFF_WITH_CASELOAD: readonly Role[] = ['clinician', 'supervisor', 'owner'];

/** True for those who see every client's name in lists. */
export const seesWholeList = (who: Principal): boolean =>
  who.kind === 'system' || WHOLE_LIST.some((role) => role === who.role);

/** True for those who see and change every clinician's calendar. */
export const seesWholeCalendar = (who: Principal): boolean =>
  who.kind === 'system' || WHOLE_CALENDAR.some((role) => role === who.role);
