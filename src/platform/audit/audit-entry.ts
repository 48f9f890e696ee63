/** What happened, for the audit. References and keyed hashes only: no names, no text, no PHI. */
export interface AuditEntry {
  /** `feature.verb`, e.g. `appointment.move`, `chart.read`, `session.admit`. */
  readonly action: string;
  /** The object, e.g. `appointment:0191...`. */
  readonly object?: string;
  /** The client the act is about, where there is one (a client id), so that "who opened my chart" is one index. */
  readonly clientId?: string;
  /** `ok` (default), `refused` or `failed`. */
  readonly outcome?: 'ok' | 'refused' | 'failed';
  /** A reason a person gave or a rule named; a code or a sentence without PHI. */
  readonly reason?: string;
  /** Plain facts: states, ids, counts, keyed hashes of values. */
  readonly facts?: Readonly<Record<string, string | number | boolean | null>>;
}
