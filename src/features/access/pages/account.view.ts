import { Temporal } from 'temporal-polyfill';
import { can, type Principal } from '../../../platform/access/principal.js';
import type { FormErrors } from '../../../platform/http/form.js';
import type { OwnAccount } from '../accounts/own-account.service.js';
import type { OwnPasskey } from '../factors/passkey.service.js';
import type { RecoveryCodesLeft } from '../factors/recovery-code.service.js';
import type { OwnSession } from '../sessions/session.service.js';
import { passkeyView, type PasskeyView } from './passkeys.view.js';
import { recoveryCodesView, type RecoveryCodesView } from './recovery-codes.view.js';

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
  /** i18n key: how the person showed who they are. */
  readonly method: string;
}

export interface AccountView {
  readonly name: string;
  /** i18n key. */
  readonly role: string;
  readonly email: string;
  /** i18n key: what is asked for at a sign-in. */
  readonly asked: string;
  readonly authenticator: boolean;
  readonly hasPassword: boolean;
  readonly passkeys: readonly PasskeyView[];
  /** False when this site is reached by an address that browsers make no passkeys for. */
  readonly passkeysPossible: boolean;
  /** True for somebody who signs in with a password alone: a passkey is offered, once, in plain words. */
  readonly offer: boolean;
  readonly recovery: RecoveryCodesView;
  /** Recovery codes are for people who have a second factor to lose. */
  readonly recoveryUseful: boolean;
  readonly passwordChangedOn: string | null;
  /** Name of the identity provider, for staff; null when there is none. */
  readonly provider: string | null;
  readonly zone: string;
  readonly sessions: readonly SessionView[];
  readonly hasOthers: boolean;
  /** i18n key of what was just done, or null. */
  readonly done: string | null;
}

const DONE = [
  'session',
  'sessions',
  'password',
  'authenticator',
  'authenticator-off',
  'passkey',
  'passkey-name',
  'passkey-off',
  'recovery-code',
] as const;

/** What the page is made of. */
export interface AccountFacts {
  readonly own: OwnAccount;
  readonly sessions: readonly OwnSession[];
  readonly passkeys: readonly OwnPasskey[];
  readonly recovery: RecoveryCodesLeft;
  readonly passkeysPossible: boolean;
  /** What people call the identity provider; absent or null without single sign-on. */
  readonly provider?: string | null;
}

export function accountView(who: Principal, facts: AccountFacts, done: unknown): AccountView {
  const { own, passkeys } = facts;
  const shown = [...facts.sessions].sort((a, b) => Number(b.current) - Number(a.current)).map(sessionView);
  const said = DONE.find((one) => one === done);
  return {
    name: who.displayName ?? own.email,
    role: `access:role.${who.role ?? 'client'}`,
    email: own.email,
    asked: askedKey(own, passkeys.length > 0),
    authenticator: own.authenticator,
    hasPassword: own.hasPassword,
    passkeys: passkeys.map(passkeyView),
    passkeysPossible: facts.passkeysPossible,
    offer: !own.secondFactor && facts.passkeysPossible,
    recovery: recoveryCodesView(facts.recovery, undefined, who.timeZone),
    recoveryUseful: own.secondFactor || facts.recovery.total > 0,
    passwordChangedOn: own.passwordChangedAt?.toISOString() ?? null,
    provider: can(who, 'portal:use') ? null : (facts.provider ?? null),
    zone: who.timeZone ?? 'UTC',
    sessions: shown,
    hasOthers: shown.some((session) => !session.current),
    done: said ? `access:account.done.${said}` : null,
  };
}

function askedKey(own: OwnAccount, passkeys: boolean): string {
  if (passkeys) return own.authenticator ? 'access:account.with-both' : 'access:account.with-passkey';
  return own.authenticator ? 'access:account.with-code' : 'access:account.without-code';
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
    method: `access:sessions.by.${session.method}`,
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
