import type { Principal } from '../../../../platform/access/principal.js';
import type { OwnIdentity } from '../../single-sign-on/sign-on-identities.service.js';

export interface OwnSignOnView {
  readonly provider: string;
  readonly waiting: boolean;
  readonly linkedAt: string | null;
  readonly lastUsedAt: string | null;
  readonly zone: string;
  /** i18n key, or null. */
  readonly done: string | null;
  readonly refusal: string | null;
}

const DONE: Readonly<Record<string, string>> = {
  linked: 'access:sign-on.linked',
  unlinked: 'access:sign-on.unlinked',
};

export const ownSignOnView = (
  who: Principal,
  own: OwnIdentity,
  done: unknown,
  refusal: string | null,
): OwnSignOnView => ({
  provider: own.provider ?? '',
  waiting: own.waiting,
  linkedAt: own.linkedAt?.toISOString() ?? null,
  lastUsedAt: own.lastUsedAt?.toISOString() ?? null,
  zone: who.timeZone ?? 'UTC',
  done: typeof done === 'string' && Object.hasOwn(DONE, done) ? DONE[done] : null,
  refusal,
});
