import type { DataSource } from 'typeorm';

/** How the audit stands, for the security and health pages. */
export interface AuditState {
  /** Number of the newest batch, or null before the first. */
  readonly lastBatch: string | null;
  readonly lastSealedAt: Date | null;
  /** Rows in all batches. */
  readonly sealedRows: number;
  /** Rows no batch holds yet, and the age of the oldest in seconds. */
  readonly unsealed: { readonly count: number; readonly oldestSeconds: number | null };
}

interface StateRow {
  readonly no: string | null;
  readonly total: string | null;
  readonly sealed_at: Date | null;
  readonly waiting: number;
  readonly oldest: number | null;
}

/** Reads about the audit that show no client: counts and states only. */
export class AuditStatus {
  constructor(private readonly dataSource: DataSource) {}

  async state(): Promise<AuditState> {
    const [row] = await this.dataSource.query<StateRow[]>(`
      SELECT b.no::text AS no, b.total::text AS total, b.sealed_at, p.waiting, p.oldest
        FROM (SELECT count(*)::int AS waiting, extract(epoch FROM now() - min(e.at))::float8 AS oldest
                FROM core.audit_pending w LEFT JOIN core.audit_event e ON e.seq = w.seq) p
        LEFT JOIN (SELECT no, total, sealed_at FROM core.audit_batch ORDER BY no DESC LIMIT 1) b ON true`);
    return {
      lastBatch: row.no,
      lastSealedAt: row.sealed_at,
      sealedRows: Number(row.total ?? 0),
      unsealed: { count: row.waiting, oldestSeconds: row.oldest === null ? null : Math.round(row.oldest) },
    };
  }

  /** How often an action was refused or failed since a moment, e.g. sign-ins since yesterday. */
  async troubles(action: string, since: Date): Promise<number> {
    const [row] = await this.dataSource.query<{ count: number }[]>(
      `SELECT count(*)::int AS count FROM core.audit_event WHERE action = $1 AND outcome <> 'ok' AND at >= $2`,
      [action, since],
    );
    return row.count;
  }
}
