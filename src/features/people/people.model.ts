/** Encrypted facts about a person, as typed. Dates are `YYYY-MM-DD`. */
export interface PersonInput {
  readonly legalName: string;
  readonly chosenName?: string | null;
  readonly pronouns?: string | null;
  readonly birthDate?: string | null;
  readonly email?: string | null;
  readonly phone?: string | null;
  /** IANA zone the person lives in. */
  readonly timeZone: string;
}

export interface NewClient extends PersonInput {
  /** Clinician who will work with the client; assigned from now on. */
  readonly clinicianId?: string | null;
}

export interface NewClinician extends PersonInput {
  /** Licence letters shown after the name, e.g. `LCSW`. */
  readonly credential?: string | null;
}

export type ClientStatus = 'active' | 'waiting' | 'ended';
export const CLIENT_STATUSES: readonly ClientStatus[] = ['active', 'waiting', 'ended'];

export type AssignmentKind = 'assigned' | 'covering' | 'supervising';

export interface NewAssignment {
  readonly clientId: string;
  readonly clinicianId: string;
  readonly kind: AssignmentKind;
  readonly from: Date;
  /** Null: until it is ended. */
  readonly until?: Date | null;
}

/**
 * What people with the right to a chart or to its details see of a client. A field that this reader may not see is absent; null is what
 * nobody has entered.
 */
export interface ClientSummary {
  readonly id: string;
  /** Practice-wide client number. */
  readonly number: string;
  /** Chosen name when there is one, else the legal name. */
  readonly displayName: string;
  readonly legalName: string;
  readonly pronouns: string | null;
  readonly birthDate?: string | null;
  readonly email?: string | null;
  readonly phone?: string | null;
  readonly timeZone: string;
  readonly status: ClientStatus;
}

/** A clinician as the rest of the practice knows them. */
export interface ClinicianCard {
  readonly id: string;
  readonly displayName: string;
  readonly credential: string | null;
  readonly timeZone: string;
  readonly status: 'active' | 'ended';
  /** 0..7, the hue of their column in team views. */
  readonly color: number;
}

export interface CaseFacts {
  readonly id: string;
  readonly kind: CaseKind;
  readonly memberIds: readonly string[];
}
export type CaseKind = 'individual' | 'couple' | 'family' | 'group' | 'parent-work';
