import type { PortalFacts, PortalPractice } from '../portal.model.js';

export interface Countdown {
  /** i18n key; takes `count`. */
  readonly text: string;
  readonly count: number;
}

export interface HomeModel {
  readonly firstName: string;
  readonly guardian: boolean;
  readonly zone: string;
  readonly next: {
    readonly startsAt: string;
    readonly countdown: Countdown;
    readonly clinician: string;
    readonly video: boolean;
    readonly minutes: number;
    /** Path of the session link; null when there is nothing to join. */
    readonly join: string | null;
    /** When the door opens, while it is still shut. */
    readonly opensAt: string | null;
    /** Zone of the clinician, when clocks there show another time. */
    readonly otherZone: string | null;
  } | null;
  readonly later: readonly { readonly startsAt: string; readonly video: boolean; readonly clinician: string }[];
  readonly practice: PortalPractice & { readonly dial: string | null; readonly crisisDial: string | null };
}

const MINUTE = 60_000;

/** How far away a session is, in the largest unit that says enough. Running sessions are "now". */
export function countdown(startsAt: Date, now: Date): Countdown {
  const minutes = Math.ceil((startsAt.getTime() - now.getTime()) / MINUTE);
  if (minutes <= 0) return { text: 'portal:next.now', count: 0 };
  if (minutes < 90) return { text: 'portal:next.minutes', count: minutes };
  const hours = Math.round(minutes / 60);
  if (hours < 36) return { text: 'portal:next.hours', count: hours };
  return { text: 'portal:next.days', count: Math.round(minutes / 1440) };
}

/** The home of a client in their own zone. `sessions` are in order of time and not over; `join` is the link of the first. */
export function homeModel(facts: PortalFacts): HomeModel {
  const { zone, now, practice, sessions } = facts;
  const [next, ...later] = sessions;
  return {
    firstName: facts.name.split(/\s+/)[0] ?? '',
    guardian: facts.guardian,
    zone,
    next: next
      ? {
          startsAt: next.startsAt.toISOString(),
          countdown: countdown(next.startsAt, now),
          clinician: next.clinician,
          video: next.modality === 'video',
          minutes: Math.round((next.endsAt.getTime() - next.startsAt.getTime()) / MINUTE),
          join: facts.join,
          opensAt: facts.opensAt && now < facts.opensAt ? facts.opensAt.toISOString() : null,
          otherZone: facts.sameClock(next.startsAt, next.timeZone, zone) ? null : next.timeZone,
        }
      : null,
    later: later.map(({ startsAt, modality, clinician }) => ({
      startsAt: startsAt.toISOString(),
      video: modality === 'video',
      clinician,
    })),
    practice: { ...practice, dial: dial(practice.phone), crisisDial: dial(practice.crisisPhone) },
  };
}

const dial = (phone: string | null): string | null => (phone === null ? null : `tel:${phone.replace(/[^0-9+]/g, '')}`);
