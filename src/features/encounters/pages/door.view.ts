import type { Door } from '../door/door.service.js';
import { isLate, opensAt, type DoorState } from '../door/door.rules.js';
import type { PersonFacts, PracticeFacts } from '../session-facts.service.js';

/** Paths of one link. */
export const doorPath = (token: string, page = ''): string => `/j/${token}${page && `/${page}`}`;

export interface DoorFacts {
  readonly token: string;
  readonly door: Door;
  readonly practice: PracticeFacts;
  readonly clinician: PersonFacts;
  readonly now: Date;
}

/** What every page of the door may show: the practice, the clinician and the time. Nothing about the client. */
export interface DoorModel {
  readonly path: string;
  readonly clinician: string;
  readonly firstName: string;
  readonly practice: string;
  readonly phone: string | null;
  readonly startsAt: string;
  readonly zone: string;
}

export const doorModel = ({ token, door, practice, clinician }: DoorFacts): DoorModel => ({
  path: doorPath(token),
  clinician: clinician.name,
  firstName: clinician.firstName,
  practice: practice.name,
  phone: practice.phone,
  startsAt: door.appointment.startsAt.toISOString(),
  zone: door.appointment.timeZone,
});

export type KindPage =
  Exclude<DoorState, 'open'> | 'left-waiting' | 'left-session' | 'removed' | 'other-account' | 'staff-account';

interface KindWords {
  readonly title: string;
  readonly text: string;
  /** Shows the day and time of the appointment. */
  readonly when: 'starts' | 'opens' | null;
  readonly mood: 'day' | 'dark';
  /** Page of the same link to go on to; null is the link itself. */
  readonly next: { readonly page: string | null; readonly label: string } | null;
}

const KINDS: Readonly<Record<KindPage, KindWords>> = {
  early: {
    title: 'encounters:kind.early.title',
    text: 'encounters:kind.early.text',
    when: 'opens',
    mood: 'day',
    next: { page: null, label: 'encounters:kind.early.next' },
  },
  ended: {
    title: 'encounters:kind.ended.title',
    text: 'encounters:kind.ended.text',
    when: null,
    mood: 'dark',
    next: null,
  },
  cancelled: {
    title: 'encounters:kind.cancelled.title',
    text: 'encounters:kind.cancelled.text',
    when: 'starts',
    mood: 'dark',
    next: null,
  },
  'in-office': {
    title: 'encounters:kind.in-office.title',
    text: 'encounters:kind.in-office.text',
    when: 'starts',
    mood: 'day',
    next: null,
  },
  'left-waiting': {
    title: 'encounters:kind.left-waiting.title',
    text: 'encounters:kind.left-waiting.text',
    when: 'starts',
    mood: 'day',
    next: { page: null, label: 'encounters:kind.left-waiting.next' },
  },
  'left-session': {
    title: 'encounters:kind.left-session.title',
    text: 'encounters:kind.left-session.text',
    when: null,
    mood: 'day',
    next: { page: 'room', label: 'encounters:kind.left-session.next' },
  },
  removed: {
    title: 'encounters:kind.removed.title',
    text: 'encounters:kind.removed.text',
    when: null,
    mood: 'dark',
    next: null,
  },
  'other-account': {
    title: 'encounters:kind.other-account.title',
    text: 'encounters:kind.other-account.text',
    when: null,
    mood: 'day',
    next: { page: '?go=on', label: 'encounters:kind.other-account.next' },
  },
  'staff-account': {
    title: 'encounters:kind.staff-account.title',
    text: 'encounters:kind.staff-account.text',
    when: null,
    mood: 'day',
    next: { page: '?go=on', label: 'encounters:kind.staff-account.next' },
  },
};

/** A closed door in kind words: what is so, and what happens next. */
export function kindModel(kind: KindPage, facts: DoorFacts): { title: string; model: object } {
  const words = KINDS[kind];
  const { appointment } = facts.door;
  const next = words.next && {
    href: hrefOf(facts.token, words.next.page),
    label: words.next.label,
  };
  const times = { opens: opensAt(appointment), starts: appointment.startsAt };
  return {
    title: words.title,
    model: {
      ...doorModel(facts),
      title: words.title,
      text: words.text,
      mood: words.mood,
      when: words.when && { iso: times[words.when].toISOString(), zone: appointment.timeZone },
      next,
      // Somebody signed in as someone else can also sign out here.
      signOut: kind === 'other-account' || kind === 'staff-account',
    },
  };
}

const hrefOf = (token: string, page: string | null): string =>
  page?.startsWith('?') ? doorPath(token) + page : doorPath(token, page ?? undefined);

export type WaitingKind = 'here' | 'late' | 'put-back' | 'ready';

/** The waiting room of one browser. */
export interface WaitingModel extends DoorModel {
  /** i18n keys; both take `name`. */
  readonly title: string;
  readonly text: string;
  /** Another device of this person is inside. */
  readonly replaced: boolean;
  readonly message: { readonly text: string; readonly iso: string } | null;
  readonly phoneEnd: string | null;
  readonly nowIso: string;
  /** Changes with what is said here, not with the clock. */
  readonly mark: string;
}

export function waitingModel(
  facts: DoorFacts,
  message: { text: string; at: Date } | undefined,
  ownPhone: string | null,
): WaitingModel {
  const kind = waitingKind(facts);
  const replaced = facts.door.arrival?.state === 'replaced';
  return {
    ...doorModel(facts),
    ...WAITING[kind],
    replaced,
    message: message ? { text: message.text, iso: message.at.toISOString() } : null,
    phoneEnd: ownPhone === null ? null : lastDigits(ownPhone),
    nowIso: facts.now.toISOString(),
    mark: [
      replaced ? 'replaced' : kind,
      message?.at.getTime().toString(36) ?? '',
      facts.door.appointment.startsAt.getTime().toString(36),
    ].join('-'),
  };
}

const WAITING: Readonly<Record<WaitingKind, { title: string; text: string }>> = {
  here: { title: 'encounters:waiting.here.title', text: 'encounters:waiting.here.text' },
  late: { title: 'encounters:waiting.late.title', text: 'encounters:waiting.late.text' },
  ready: { title: 'encounters:waiting.ready.title', text: 'encounters:waiting.ready.text' },
  'put-back': { title: 'encounters:waiting.put-back.title', text: 'encounters:waiting.put-back.text' },
};

function waitingKind({ door, now }: DoorFacts): WaitingKind {
  if (door.arrival?.put_back_at) return 'put-back';
  if (door.encounter?.hosted_at) return 'ready';
  return isLate(door.appointment, now) ? 'late' : 'here';
}

/** Enough of a number to recognise one's own, too little to call it. */
export const lastDigits = (phone: string): string => phone.replace(/\D/g, '').slice(-4);
