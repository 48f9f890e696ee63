export type Modality = 'video' | 'office';
export const MODALITIES: readonly Modality[] = ['video', 'office'];

export type AppointmentStatus = 'booked' | 'attended' | 'cancelled';

export const SERVICES = ['individual', 'first-visit', 'check-in', 'consultation'] as const;
export type Service = (typeof SERVICES)[number];

/** A booked time, without names: references, times and states only. */
export interface AppointmentFacts {
  readonly id: string;
  readonly caseId: string;
  readonly clinicianId: string;
  /** Client ids of those who come. */
  readonly memberIds: readonly string[];
  /** One of `SERVICES`; its words are at `scheduling:service.<service>`. */
  readonly service: Service;
  readonly modality: Modality;
  readonly status: AppointmentStatus;
  readonly startsAt: Date;
  /** Exclusive. */
  readonly endsAt: Date;
  /** IANA zone the appointment was made in; its wall time is meant there. */
  readonly timeZone: string;
  /** Intended wall time of the start in `timeZone`, `YYYY-MM-DDTHH:MM`. */
  readonly wallStart: string;
  /** Day of the start in `timeZone`, `YYYY-MM-DD`. */
  readonly localDay: string;
  /** Counts changes; a change must name the version it saw. */
  readonly version: number;
}

export interface NewAppointment {
  readonly clinicianId: string;
  /** The client of an individual appointment. */
  readonly clientId: string;
  readonly service: Service;
  readonly modality: Modality;
  /** `YYYY-MM-DD` and `HH:MM` as meant in `timeZone`. */
  readonly day: string;
  readonly time: string;
  readonly timeZone: string;
  /** 5 to 480. */
  readonly minutes: number;
}

export interface MoveAppointment {
  readonly version: number;
  readonly day: string;
  readonly time: string;
  readonly minutes: number;
}

export const CANCEL_REASONS = ['client-asked', 'clinician-away', 'illness', 'booked-by-mistake', 'other'] as const;
export type CancelReason = (typeof CANCEL_REASONS)[number];

export const MIN_MINUTES = 5;
export const MAX_MINUTES = 480;
