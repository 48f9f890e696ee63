/** The organisation that runs this server. One per database. */
export interface Practice {
  readonly id: string;
  readonly name: string;
  /** IANA zone that days and deadlines of the practice are counted in. */
  readonly timeZone: string;
  /** Shown to clients who need to reach the office; as typed by the practice. */
  readonly phone: string | null;
  readonly email: string | null;
  /** What a client in danger reads on every page, e.g. the crisis line of the country. Never invented by us: null until entered. */
  readonly crisisText: string | null;
  /** Dialable form of the crisis line, e.g. `988`. */
  readonly crisisPhone: string | null;
  /** What a clinician reads in the safety panel about emergency numbers. */
  readonly emergencyText: string | null;
  readonly locations: readonly PracticeLocation[];
}

export interface PracticeLocation {
  readonly id: string;
  readonly name: string;
  readonly timeZone: string;
  /** Postal address, one line per line; null when not entered. */
  readonly address: string | null;
}

export interface LocationInput {
  readonly name: string;
  readonly timeZone: string;
  readonly address?: string | null;
}

export interface PracticeInput {
  readonly name: string;
  readonly timeZone: string;
  readonly phone?: string | null;
  readonly email?: string | null;
  readonly crisisText?: string | null;
  readonly crisisPhone?: string | null;
  readonly emergencyText?: string | null;
}
