/** What other features may use of the door. */
export { EncountersModule } from './encounters.module.js';
/** `clientPath(appointmentId, clientId)`, `clientUrl(baseUrl, appointmentId, clientId)`, `revoke(who, appointmentId, clientId, version?)`. */
export { SessionLinks } from './links/session-links.service.js';
/** From when a link lets people in, and how long after the end it still works. */
export { opensAt, closesAt } from './door/door.rules.js';
/** Events: `encounter.opened|admitted|ended` keyed by encounter id; payload `{ encounterId, appointmentId, ... }`, references only. */
