import { can, type Principal } from '../../platform/access/principal.js';
import { seesWholeCalendar } from '../people/public.js';

/** The front desk sees every calendar, a clinician their own. Pure: whether the clinician exists is checked where it matters. */
export function mayReadCalendar(who: Principal, clinicianId: string): boolean {
  if (!can(who, 'calendar:read') && !can(who, 'day:read')) return false;
  return seesWholeCalendar(who) || who.personId === clinicianId;
}

export function mayWriteCalendar(who: Principal, clinicianId: string): boolean {
  return can(who, 'calendar:write') && (seesWholeCalendar(who) || who.personId === clinicianId);
}
