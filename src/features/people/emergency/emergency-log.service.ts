import { Injectable } from '@nestjs/common';
import { can, type Principal } from '../../../platform/access/principal.js';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';
import { Clock } from '../../../platform/clock.js';
import { Sql } from '../../../platform/database/sql.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { isId } from '../../../platform/ids.js';
import { Work } from '../../../platform/work/work.js';
import type { EmergencyFacts } from './emergency.model.js';
import { EMERGENCIES, EMERGENCY, emergencyWrites, factsOf, UNSEEN } from './emergency.queries.js';
import { EmergencyWords } from './emergency-words.js';

/** Openings on one page. */
const PAGE = 30;

export interface EmergencyPage {
  readonly emergencies: readonly EmergencyFacts[];
  /** Id of the last one of this page when there are older ones. */
  readonly next: string | null;
}

/** Who opened which chart outside their care: for those who review the audit. */
@Injectable()
export class EmergencyLog {
  constructor(
    private readonly words: EmergencyWords,
    private readonly work: Work,
    private readonly sql: Sql,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /** Newest first. `after` is the id of one to go on behind; anything else is the first page. */
  async page(who: Principal, after: unknown): Promise<EmergencyPage> {
    requireReview(who);
    const rows = await this.sql.rows(EMERGENCIES, [isId(after) ? after : null, PAGE + 1]);
    const emergencies = rows.slice(0, PAGE).map(factsOf);
    await this.audit.record(who, { action: 'emergency.list', facts: { count: emergencies.length } });
    return { emergencies, next: rows.length > PAGE ? (emergencies.at(-1)?.id ?? null) : null };
  }

  /** How many nobody has looked at yet. */
  async unseen(who: Principal): Promise<number> {
    requireReview(who);
    return (await this.sql.first(UNSEEN))?.count ?? 0;
  }

  /** One of them with the words that were given. */
  async read(who: Principal, id: string): Promise<EmergencyFacts & { readonly words: string }> {
    requireReview(who);
    const row = isId(id) ? await this.sql.first(EMERGENCY, [id]) : undefined;
    if (!row) throw notFound();
    await this.audit.record(who, {
      action: 'emergency.read',
      object: `emergency-access:${id}`,
      clientId: row.client_id,
    });
    return { ...factsOf(row), words: await this.words.open(id, row.reason_enc) };
  }

  /** Notes that somebody with the right to review has looked at it. The first look stays. */
  async markLookedAt(who: Principal, id: string): Promise<void> {
    requireReview(who);
    const row = isId(id) ? await this.sql.first(EMERGENCY, [id]) : undefined;
    if (!row) throw notFound();
    if (row.looked_at) return;
    await this.work.run(who, async (tx) => {
      const first = await emergencyWrites.markLookedAt(tx.manager, id, who.id, this.clock.now());
      const facts = { own: row.account_id === who.id, first };
      tx.audit({ action: 'emergency.review', object: `emergency-access:${id}`, clientId: row.client_id, facts });
    });
  }
}

function requireReview(who: Principal): void {
  if (who.kind !== 'user' || !can(who, 'audit:review')) throw notFound();
}
