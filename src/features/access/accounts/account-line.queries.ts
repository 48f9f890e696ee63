import type { Role } from '../../../platform/access/principal.js';
import { namedQuery } from '../../../platform/database/sql.js';
import type { AccountState } from './account.entity.js';

export interface AccountLineRow {
  readonly id: string;
  readonly role: Role;
  readonly person_id: string | null;
  readonly email_enc: Buffer;
  readonly state: AccountState;
  readonly code: boolean;
  readonly passkeys: number;
  readonly last_seen: Date | null;
  readonly invite_until: Date | null;
  readonly password_asked_at: Date | null;
  readonly email_asked_at: Date | null;
  readonly email_changed_at: Date | null;
  readonly recovery_id: string | null;
  readonly recovery_by: string | null;
  readonly recovery_how: string | null;
  readonly recovery_until: Date | null;
}

const LINE = `
  SELECT a.id, a.role, a.person_id, a.email_enc, a.state, a.totp_enc IS NOT NULL AS code,
         (SELECT count(*)::int FROM core.passkey p WHERE p.account_id = a.id) AS passkeys,
         (SELECT max(s.seen_at) FROM core.session s WHERE s.account_id = a.id AND s.stage = 'full') AS last_seen,
         l.expires_at AS invite_until, q.asked_at AS password_asked_at,
         w.at AS email_asked_at, f.at AS email_changed_at,
         r.id AS recovery_id, r.opened_by AS recovery_by, r.how AS recovery_how, r.expires_at AS recovery_until
    FROM core.account a
    LEFT JOIN core.one_time_link l ON l.account_id = a.id AND l.purpose = 'invite' AND l.used_at IS NULL
    LEFT JOIN core.reset_request q ON q.account_id = a.id
    LEFT JOIN core.other_email w ON w.account_id = a.id AND w.kind = 'wanted'
    LEFT JOIN core.other_email f ON f.account_id = a.id AND f.kind = 'former'
    LEFT JOIN core.recovery_request r ON r.account_id = a.id AND r.approved_at IS NULL AND r.dropped_at IS NULL
         AND r.expires_at > $1`;

/** Everybody who works here or is invited to. */
export const STAFF_LINES = namedQuery<AccountLineRow>(
  'access.staff',
  `${LINE} WHERE a.role NOT IN ('client', 'guardian') AND a.state <> 'closed' ORDER BY a.created_at, a.id LIMIT 500`,
);

/** The portal accounts of these people. */
export const PORTAL_LINES = namedQuery<AccountLineRow>(
  'access.portal-accounts',
  `${LINE} WHERE a.person_id = ANY($2::uuid[]) AND a.role IN ('client', 'guardian') AND a.state <> 'closed'
   ORDER BY a.created_at, a.id LIMIT 100`,
);
