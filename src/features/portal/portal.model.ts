/** A session of the person who looks, as plain facts. */
export interface PortalSession {
  readonly id: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** IANA zone of the clinician's calendar. */
  readonly timeZone: string;
  readonly modality: 'video' | 'office';
  readonly clinician: string;
}

export interface PortalPractice {
  readonly name: string;
  readonly phone: string | null;
  readonly email: string | null;
  /** Entered by the practice; never invented. */
  readonly crisisText: string | null;
  readonly crisisPhone: string | null;
}

/** Everything the home of a client or guardian is drawn from. `sessions` are in order of time and not over. */
export interface PortalFacts {
  readonly name: string;
  readonly guardian: boolean;
  /** IANA zone of the person who looks. */
  readonly zone: string;
  readonly sessions: readonly PortalSession[];
  /** Path of the link of the first session. */
  readonly join: string | null;
  readonly opensAt: Date | null;
  readonly practice: PortalPractice;
  readonly sameClock: (at: Date, one: string, other: string) => boolean;
  readonly now: Date;
}
