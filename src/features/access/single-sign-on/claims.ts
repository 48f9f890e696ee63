/** What the identity provider says about a person, read from a checked answer. */
export interface SignOnClaims {
  readonly issuer: string;
  /** The provider's own id of the person; never shown or stored, only its keyed hash. */
  readonly subject: string;
  /** Null unless the provider says that it has verified the address. */
  readonly email: string | null;
  readonly name: string | null;
  readonly groups: readonly string[];
  /** How the provider asked for proof: the values of `amr` and `acr`. */
  readonly proofs: readonly string[];
  /** When the person last proved who they are to the provider. */
  readonly authenticatedAt: Date | null;
}

const GROUPS_AT_MOST = 500;

/**
 * @param answer claims of the ID token; those of the userinfo endpoint stand behind them
 * @param groupsClaim name of the claim with the groups; dots lead into objects
 */
export function readClaims(
  issuer: string,
  answer: Readonly<Record<string, unknown>>,
  groupsClaim: string,
): SignOnClaims {
  const verified = answer.email_verified === true || answer.email_verified === 'true';
  return {
    issuer,
    subject: textOf(answer.sub, 255) ?? '',
    email: verified ? textOf(answer.email, 254) : null,
    name: textOf(answer.name, 200),
    groups: listOf(valueAt(answer, groupsClaim), 200),
    proofs: [...listOf(answer.amr, 100), ...listOf(answer.acr, 100)],
    authenticatedAt: typeof answer.auth_time === 'number' ? new Date(answer.auth_time * 1_000) : null,
  };
}

/** A claim by its name, which may itself have dots in it (`https://example.org/groups`), else by its path. */
function valueAt(answer: Readonly<Record<string, unknown>>, claim: string): unknown {
  if (Object.hasOwn(answer, claim)) return answer[claim];
  let value: unknown = answer;
  for (const part of claim.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

function textOf(value: unknown, longest: number): string | null {
  if (typeof value !== 'string') return null;
  const text = value.trim();
  return text === '' || text.length > longest || /\p{Cc}/u.test(text) ? null : text;
}

const listOf = (value: unknown, longest: number): string[] =>
  (Array.isArray(value) ? value.slice(0, GROUPS_AT_MOST) : [value])
    .map((one) => textOf(one, longest))
    .filter((one) => one !== null);
