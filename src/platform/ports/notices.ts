import type { Tx } from '../work/work.js';

/** Something people must hear about their account or the practice. Never PHI: it may travel by mail, as the bare fact that there is news. */
export interface Notice {
  /** `sign-in.new-browser`, `emergency.open`: the sentence is the i18n key `notices:kind.<kind>` with the facts as its values. */
  readonly kind: string;
  /** References, counts, codes; no names of clients, no text somebody typed. */
  readonly facts?: Readonly<Record<string, string | number | boolean | null>>;
  /** Page of this site where one sees more. */
  readonly href?: string;
}

/** Who is told: accounts by id, the active accounts of persons, or everybody active who holds a permission. */
export type Audience =
  | { readonly accounts: readonly string[] }
  | { readonly persons: readonly string[]; readonly except?: string }
  | { readonly holdersOf: string; readonly except?: string };

/** Tells people inside the change it is about, so that there is never the one without the other. Implemented by the notices feature. */
export abstract class Notices {
  abstract tell(tx: Tx, to: Audience, notice: Notice): Promise<void>;
}
