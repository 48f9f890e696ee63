import type { Tx } from '../../platform/work/work.js';

/** Somebody came, went or was let in: the waiting pill and the day of the clinician look again. */
export function tellDesk(tx: Tx, clinicianId: string): void {
  tx.live(`waiting:${clinicianId}`, 'waiting');
  tx.live(`day:${clinicianId}`, 'day');
}
