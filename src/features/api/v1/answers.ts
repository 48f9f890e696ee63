import type { Principal } from '../../../platform/access/principal.js';
import type { HealthPart } from '../../../platform/health/health.js';
import type { StaffAccount } from '../../access/public.js';

export interface WhoAnswer {
  /** Id and name of the program, and which of its keys this is. */
  readonly program: { readonly id: string; readonly name: string };
  readonly key: string;
  readonly scopes: readonly string[];
}

export const whoAnswer = (who: Principal): WhoAnswer => ({
  program: { id: who.id, name: who.displayName ?? '' },
  key: who.sessionId ?? '',
  scopes: [...who.permissions].sort(),
});

export interface HealthAnswer {
  /** True when every required part is well. */
  readonly ok: boolean;
  readonly parts: readonly HealthPart[];
}

export const healthAnswer = (parts: readonly HealthPart[]): HealthAnswer => ({
  ok: parts.every((part) => part.ok || !part.required),
  parts: parts.map(({ name, ok, required, detail }) => ({ name, ok, required, detail })),
});

export interface StaffAnswer {
  readonly staff: readonly {
    readonly id: string;
    readonly name: string | null;
    readonly email: string;
    readonly role: string;
    readonly state: string;
    readonly secondFactor: boolean;
    readonly lastSeen: string | null;
  }[];
}

/** Field by field: what accounts get besides in later versions does not leave by itself. */
export const staffAnswer = (accounts: readonly StaffAccount[]): StaffAnswer => ({
  staff: accounts.map((account) => ({
    id: account.id,
    name: account.name,
    email: account.email,
    role: account.role,
    state: account.state,
    secondFactor: account.secondFactor,
    lastSeen: account.lastSeen?.toISOString() ?? null,
  })),
});
