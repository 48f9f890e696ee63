import type { Principal } from '../../../platform/access/principal.js';
import type { DoorState } from './door.rules.js';
import { ENCOUNTER_ERRORS } from '../encounters.errors.js';

/** Facts of the request for the audit; the person at the door has no account here. */
export interface DoorRequest {
  readonly ip?: string;
  readonly requestId: string;
}

/** A browser in front of a session link, known by its arrival and by nothing else. It has no permission to anything. */
export const doorPrincipal = (arrivalId: string, request: DoorRequest): Principal => ({
  kind: 'door',
  id: arrivalId,
  permissions: new Set(),
  requestId: request.requestId,
  ...(request.ip ? { ip: request.ip } : {}),
});

/** Error code of what a closed door answers to a request that wants to change something. */
export const DOOR_REFUSALS: Readonly<Record<Exclude<DoorState, 'open'>, string>> = {
  early: ENCOUNTER_ERRORS['encounters.too-early'],
  ended: ENCOUNTER_ERRORS['encounters.ended'],
  cancelled: ENCOUNTER_ERRORS['encounters.cancelled'],
  'in-office': ENCOUNTER_ERRORS['encounters.in-office'],
};
