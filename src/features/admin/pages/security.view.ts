import { can, ROLES, type Principal, type Role } from '../../../platform/access/principal.js';
import type { AuditState } from '../../../platform/audit/audit-status.js';
import { adminTabs, type AdminTab } from '../admin-tabs.js';
import type { SecurityPoint } from '../security-points.js';

export interface SecurityFacts {
  readonly sessions: ReadonlyMap<Role, number>;
  readonly failures: { readonly day: number; readonly week: number; readonly refused: number };
  readonly audit: AuditState;
  /** Ids of the master keys, the current one first. */
  readonly keys: readonly string[];
  readonly kitConfirmedAt: Date | undefined;
  readonly points: readonly SecurityPoint[];
}

export interface SecurityView {
  readonly tabs: readonly AdminTab[];
  /** What somebody should look at. */
  readonly points: readonly SecurityPoint[];
  readonly sessions: readonly { readonly role: string; readonly count: number }[];
  readonly sessionTotal: number;
  readonly failuresDay: number;
  readonly failuresWeek: number;
  readonly refusedWeek: number;
  readonly audit: {
    readonly sealedRows: number;
    readonly lastBatch: string | null;
    readonly lastSealedAt: string | null;
    readonly unsealed: number;
    readonly oldestSeconds: number;
    /** The sealer runs each second; a row that waits a minute means it does not. */
    readonly late: boolean;
  };
  readonly currentKey: string;
  readonly olderKeys: readonly string[];
  readonly kitConfirmedAt: string | null;
  readonly mayConfirmKit: boolean;
  readonly zone: string;
}

const LATE_SECONDS = 60;

export function securityView(who: Principal, facts: SecurityFacts): SecurityView {
  const { audit } = facts;
  const [currentKey = '', ...olderKeys] = facts.keys;
  const counted = ROLES.map((role) => ({ role: `access:role.${role}`, count: facts.sessions.get(role) ?? 0 }));
  return {
    tabs: adminTabs(who, 'security'),
    points: facts.points,
    sessions: counted.filter(({ count }) => count > 0),
    sessionTotal: counted.reduce((sum, { count }) => sum + count, 0),
    failuresDay: facts.failures.day,
    failuresWeek: facts.failures.week,
    refusedWeek: facts.failures.refused,
    audit: {
      sealedRows: audit.sealedRows,
      lastBatch: audit.lastBatch,
      lastSealedAt: audit.lastSealedAt?.toISOString() ?? null,
      unsealed: audit.unsealed.count,
      oldestSeconds: audit.unsealed.oldestSeconds ?? 0,
      late: (audit.unsealed.oldestSeconds ?? 0) > LATE_SECONDS,
    },
    currentKey,
    olderKeys,
    kitConfirmedAt: facts.kitConfirmedAt?.toISOString() ?? null,
    mayConfirmKit: can(who, 'practice:manage') && facts.kitConfirmedAt === undefined,
    zone: who.timeZone ?? 'UTC',
  };
}
