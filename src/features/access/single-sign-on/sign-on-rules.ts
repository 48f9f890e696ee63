import type { RulesRow } from './sign-on.queries.js';

/** What owners decide about single sign-on. */
export interface SignOnRules {
  /** Who is in no mapped group does not come in this way. */
  readonly groupsDecide: boolean;
  /** Somebody unknown in a mapped group gets an account at their first sign-in. */
  readonly createsAccounts: boolean;
  /** Linked staff who are no owners come in this way only. */
  readonly closesOwnWays: boolean;
  /** Values of `amr` or `acr` that mean the provider has asked for two factors. */
  readonly trustedProofs: readonly string[];
}

/** As long as nobody changed anything: nobody is created, nobody is shut out, and our own second factor is asked for. */
export const USUAL_RULES: SignOnRules = {
  groupsDecide: false,
  createsAccounts: false,
  closesOwnWays: false,
  trustedProofs: [],
};

export const rulesOf = (row: RulesRow | undefined): SignOnRules =>
  row
    ? {
        groupsDecide: row.groups_decide,
        createsAccounts: row.creates_accounts,
        closesOwnWays: row.closes_own_ways,
        trustedProofs: row.trusted_proofs,
      }
    : USUAL_RULES;
