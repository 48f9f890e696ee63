import type { Role } from '../../../platform/access/principal.js';
import { isStaff } from '../roles/permissions.js';

/** How long a session lives: `idleMinutes` without the person doing something, `absoluteMinutes` whatever they do. */
export interface Lifetime {
  readonly idleMinutes: number;
  readonly absoluteMinutes: number;
}

/** Staff: a working day, a quarter of an hour away from the desk. Clients: a day, half an hour. */
export const lifetimeOf = (role: Role): Lifetime =>
  isStaff(role) ? { idleMinutes: 15, absoluteMinutes: 12 * 60 } : { idleMinutes: 30, absoluteMinutes: 24 * 60 };

/** Between the password and the code, or the second factor that has to be set up first. */
export const UNFINISHED: Lifetime = { idleMinutes: 10, absoluteMinutes: 10 };

/** A page of somebody who works is noted at most this often. In milliseconds. */
export const TOUCH_EVERY = 60_000;
