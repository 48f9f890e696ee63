import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { systemPrincipal } from '../access/principal.js';
import { AuditWriter } from '../audit/audit-writer.js';
import { LOG, type Log } from '../logging/log.js';

export interface EgressCall {
  readonly purpose: string;
  /** `host:port`; null when the address could not be read. */
  readonly place: string | null;
  readonly outcome: 'ok' | 'refused' | 'failed';
  /** A code: the refusal, or how it failed. */
  readonly reason?: string;
}

interface Window {
  readonly call: EgressCall;
  readonly timer: NodeJS.Timeout;
  more: number;
}

/** Calls of one kind within this time share a second row. In milliseconds. */
const WINDOW = 60_000;
/** Kinds followed at once; beyond it each call has its own row, so that nothing is lost. */
const WINDOWS_AT_MOST = 500;

/**
 * `egress.call` in the audit: the first call of a kind (purpose, server, outcome) at once, the others of the same minute as one row with
 * their number. No paths, no bodies.
 */
@Injectable()
export class EgressAudit implements OnModuleDestroy {
  private readonly windows = new Map<string, Window>();
  private readonly who = systemPrincipal('egress');

  constructor(
    private readonly auditWriter: AuditWriter,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Resolves when the call is in the audit or counted towards a row that will be. */
  async note(call: EgressCall): Promise<void> {
    const kind = JSON.stringify([call.purpose, call.place, call.outcome, call.reason]);
    const open = this.windows.get(kind);
    if (open) {
      open.more++;
      return;
    }
    if (this.windows.size < WINDOWS_AT_MOST) {
      const timer = setTimeout(() => void this.close(kind), WINDOW);
      timer.unref();
      this.windows.set(kind, { call, timer, more: 0 });
    }
    await this.write(call, 1);
  }

  async onModuleDestroy(): Promise<void> {
    await Promise.all([...this.windows.keys()].map((kind) => this.close(kind)));
  }

  private async close(kind: string): Promise<void> {
    const open = this.windows.get(kind);
    if (!open) return;
    clearTimeout(open.timer);
    this.windows.delete(kind);
    if (open.more === 0) return;
    try {
      await this.write(open.call, open.more);
    } catch (error) {
      this.log.error({ err: error, calls: open.more }, 'calls to other servers could not be written to the audit');
    }
  }

  private write({ purpose, place, outcome, reason }: EgressCall, calls: number): Promise<void> {
    return this.auditWriter.record(this.who, {
      action: 'egress.call',
      object: `egress:${purpose}`,
      outcome,
      ...(reason === undefined ? {} : { reason }),
      facts: { place, calls },
    });
  }
}
