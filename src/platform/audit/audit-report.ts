/** What can be wrong; each is explained under `audit-report:problem.<kind>` in the locale and in docs/reference/audit.md. */
export const PROBLEM_KINDS = [
  'row-changed',
  'row-deleted',
  'row-inserted',
  'row-moved',
  'row-duplicated',
  'row-sealed-twice',
  'batch-changed',
  'batch-forged',
  'batch-missing',
  'chain-broken',
  'rolled-back',
  'anchor-damaged',
  'anchor-missing',
] as const;
export type ProblemKind = (typeof PROBLEM_KINDS)[number];

export interface AuditProblem {
  readonly kind: ProblemKind;
  /** The row's number, for problems of a row. */
  readonly seq?: string;
  /** The batch's number, where one is concerned. */
  readonly batch?: string;
  /** The anchor's line, 1-based. */
  readonly line?: number;
}

export interface AuditReport {
  /** Rows in the table, sealed or not. */
  readonly rows: number;
  readonly batches: number;
  /** Rows that batches vouch for. */
  readonly sealed: number;
  /** The tail that no batch holds yet: it could be cut without a trace. */
  readonly unsealed: { readonly count: number; readonly oldestSeconds: number | null };
  /** Heads read from the anchor, and the newest batch and count of rows they vouch for; what came later could be rolled back unseen. */
  readonly anchor: { readonly heads: number; readonly lastBatch: string | null; readonly rows: string };
  /** The first of them, in the order found; `problemCount` counts all. */
  readonly problems: readonly AuditProblem[];
  readonly problemCount: number;
  readonly seconds: number;
}

/** Translates `audit:<key>` with plain values; i18next's `t` fits. */
export type Translate = (key: string, values: Record<string, string | number>) => string;

/** 0 when everything holds, 1 when something is wrong. (A check that could not run throws and is the caller's 2.) */
export const auditExitCode = (report: AuditReport): 0 | 1 => (report.problemCount === 0 ? 0 : 1);

/** The report as lines for a terminal: the verdict last, where the eye is. */
export function auditReportLines(report: AuditReport, t: Translate): string[] {
  const { unsealed, anchor } = report;
  const lines = report.problems.map((problem) =>
    t(`audit-report:problem.${problem.kind}`, {
      seq: problem.seq ?? '',
      batch: problem.batch ?? '',
      line: problem.line ?? '',
    }),
  );
  const hidden = report.problemCount - report.problems.length;
  if (hidden > 0) lines.push(t('audit-report:line.more', { count: hidden }));
  lines.push(t('audit-report:line.rows', { rows: report.rows, sealed: report.sealed, batches: report.batches }));
  lines.push(
    unsealed.count === 0
      ? t('audit-report:line.no-tail', {})
      : t('audit-report:line.tail', { count: unsealed.count, seconds: unsealed.oldestSeconds ?? 0 }),
  );
  lines.push(
    anchor.lastBatch === null
      ? t('audit-report:line.no-anchor', {})
      : t('audit-report:line.anchor', { count: anchor.heads, batch: anchor.lastBatch, rows: anchor.rows }),
  );
  lines.push(
    report.problemCount === 0
      ? t('audit-report:line.intact', { seconds: report.seconds })
      : t('audit-report:line.broken', { count: report.problemCount }),
  );
  return lines;
}

/** Gathers problems; keeps the first `keep` and counts the rest. */
export class ProblemList {
  readonly kept: AuditProblem[] = [];
  count = 0;

  constructor(private readonly keep: number) {}

  add(problem: AuditProblem): void {
    this.count++;
    if (this.kept.length < this.keep) this.kept.push(problem);
  }
}
