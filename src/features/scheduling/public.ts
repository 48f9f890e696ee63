/** What other features may use of scheduling. */
export { SchedulingModule } from './scheduling.module.js';
/**
 * Reads without names, for features that check access themselves: `byId(id)`, `forJoin(id)` (throws not-found),
 * `nextForClient(clientId, now)`, `upcomingForClient(clientId, now, limit)`, `liveAround(now)`, `dayOf(clinicianId, localDay)`;
 * and inside a unit of work `markStatus(tx, facts, status)`.
 */
export { Appointments } from './appointments.js';
/** Bare times of many clients or clinicians at once, for looking back. */
export { AppointmentTimes, type AppointmentTime } from './appointment-times.js';
/** Where the feature that owns the door registers the links that staff hand out on the page of an appointment. */
export { AppointmentLinks, type AppointmentLink, type AppointmentLinkSource } from './appointment-links.js';
/** Changes on behalf of people: `book`, `move`, `cancel`; `read` and `changeable` are their access checks. */
export { Booking } from './booking.service.js';
export { DayDecorators, type DayDecoration, type DayDecorator } from './day-decorators.js';
/** Events: `appointment.booked|moved|cancelled` keyed by appointment id, payload `{ appointmentId, clinicianId }`. Live topic `day:<clinicianId>`. */
export { localDayOf, localTimeOf, sameClock, zonedTime } from './wall-time.js';
export type { AppointmentFacts, AppointmentStatus, Modality, Service } from './appointment.model.js';
