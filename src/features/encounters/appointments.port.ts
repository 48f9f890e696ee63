import type { Tx } from '../../platform/work/work.js';
import type { SessionAppointment } from './door/door.rules.js';

/** What the door needs from scheduling, so that its rules can be tried without a calendar. */
export abstract class JoinableAppointments {
  /** Undefined when there is none. Checks no access: the caller does. */
  abstract find(id: string): Promise<SessionAppointment | undefined>;
  /** Records that the session took place. */
  abstract markAttended(tx: Tx, id: string): Promise<void>;
}
