import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../platform/access/principal.js';
import { AuditStatus } from '../../../platform/audit/audit-status.js';
import { Clock } from '../../../platform/clock.js';
import { SessionService } from '../../access/public.js';

/** Counts, as on the security page. */
export interface SecurityAnswer {
  /** Living sessions by role. */
  readonly sessions: Readonly<Record<string, number>>;
  readonly refusals: {
    readonly signIns: { readonly lastDay: number; readonly lastWeek: number };
    readonly keys: { readonly lastDay: number; readonly lastWeek: number };
    readonly routes: { readonly lastDay: number; readonly lastWeek: number };
  };
  readonly audit: {
    readonly lastBatch: string | null;
    readonly lastSealedAt: string | null;
    readonly sealedRows: number;
    readonly unsealedRows: number;
    readonly oldestUnsealedSeconds: number | null;
  };
}

const DAY = 86_400_000;

@Injectable()
export class SecurityFigures {
  constructor(
    private readonly sessions: SessionService,
    private readonly audit: AuditStatus,
    private readonly clock: Clock,
  ) {}

  /** Needs `security:read`, which the sessions ask for. */
  async read(who: Principal): Promise<SecurityAnswer> {
    const sessions = await this.sessions.countByRole(who);
    const [signIns, keys, routes, state] = await Promise.all([
      this.refused('session.refuse'),
      this.refused('key.refuse'),
      this.refused('route.refuse'),
      this.audit.state(),
    ]);
    return {
      sessions: Object.fromEntries(sessions),
      refusals: { signIns, keys, routes },
      audit: {
        lastBatch: state.lastBatch,
        lastSealedAt: state.lastSealedAt?.toISOString() ?? null,
        sealedRows: state.sealedRows,
        unsealedRows: state.unsealed.count,
        oldestUnsealedSeconds: state.unsealed.oldestSeconds,
      },
    };
  }

  private async refused(action: string): Promise<{ lastDay: number; lastWeek: number }> {
    const now = this.clock.now().getTime();
    const [lastDay, lastWeek] = await Promise.all([
      this.audit.troubles(action, new Date(now - DAY)),
      this.audit.troubles(action, new Date(now - 7 * DAY)),
    ]);
    return { lastDay, lastWeek };
  }
}
