import { Temporal } from 'temporal-polyfill';
import { can, type Principal } from '../../../platform/access/principal.js';
import type { FormErrors } from '../../../platform/http/form.js';
import type { OwnAccount } from '../accounts/own-account.service.js';
import type { OwnSession } from '../sessions/session.service.js';

/** Clients see their account inside the portal, everybody else in the staff frame. */
export const layoutFor = (who: Principal): 'portal' | 'staff' => (can(who, 'portal:use') ? 'portal' : 'staff');

export interface SessionView {
  readonly ref: string;
  readonly current: boolean;
  readonly icon: 'device-laptop' | 'device-mobile';
  /** Empty when the browser did not say. */
  readonly browser: string;
  readonly system: string;
  readonly ip: string | null;
  readonly since: string;
  readonly seenAt: string;
  readonly until: string;
  readonly idleMinutes: number;
}

export interface AccountView {
  readonly name: string;
  /** i18n key. */
  readonly role: string;
  readonly email: string;
  readonly secondFactor: boolean;
  readonly passwordChangedOn: string | null;
  readonly zone: string;
  readonly sessions: readonly SessionView[];
  readonly hasOthers: boolean;
  /** i18n key of what was just done, or null. */
  readonly done: string | null;
}

const DONE = ['session', 'sessions', 'password', 'authenticator', 'authenticator-off'] as const;

export function accountView(
  who: Principal,
  own: OwnAccount,
  sessions: readonly OwnSession[],
  done: unknown,
): AccountView {
  const shown = [...sessions].sort((a, b) => Number(b.current) - Number(a.current)).map(sessionView);
  const said = DONE.find((one) => one === done);
  return {
    name: who.displayName ?? own.email,
    role: `access:role.${who.role ?? 'client'}`,
    email: own.email,
    secondFactor: own.secondFactor,
    passwordChangedOn: own.passwordChangedAt?.toISOString() ?? null,
    zone: who.timeZone ?? 'UTC',
    sessions: shown,
    hasOthers: shown.some((session) => !session.current),
    done: said ? `access:account.done.${said}` : null,
  };
}

function sessionView(session: OwnSession): SessionView {
  const [browser, system] = session.browser.split('/');
  const idleEnd = Temporal.Instant.fromEpochMilliseconds(session.seenAt.getTime()).add({
    minutes: session.idleMinutes,
  });
  const until = Math.min(session.absoluteUntil.getTime(), idleEnd.epochMilliseconds);
  return {
    ref: session.ref,
    current: session.current,
    icon: system === 'iOS' || system === 'Android' ? 'device-mobile' : 'device-laptop',
    browser: browser ?? '',
    system: system ?? '',
    ip: session.ip,
    since: session.since.toISOString(),
    seenAt: session.seenAt.toISOString(),
    // For this browser the end of the day counts: it stays awake as long as it is used.
    until: (session.current ? session.absoluteUntil : new Date(until)).toISOString(),
    idleMinutes: session.idleMinutes,
  };
}

export const passwordView = (
  own: OwnAccount,
  errors: FormErrors,
  home: string,
): { email: string; rule: string; errors: FormErrors; home: string } => ({
  email: own.email,
  rule: own.secondFactor ? 'access:password.rule-with-code' : 'access:password.rule',
  errors,
  home,
});
