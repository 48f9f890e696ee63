import { Injectable } from '@nestjs/common';
import { can, type Principal } from '../../../platform/access/principal.js';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';
import { Clock } from '../../../platform/clock.js';
import { Vault, type Sealed } from '../../../platform/crypto/vault.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { isId } from '../../../platform/ids.js';
import { Work } from '../../../platform/work/work.js';
import { AccountPeople } from '../../access/public.js';
import { PracticeService } from '../../practice/public.js';
import { ActorNameService, type ActorNames } from '../actor-names.service.js';
import { AUDIT_ERRORS } from '../audit.errors.js';
import type { Finding, ReviewWeek } from './review.model.js';
import { ReviewRepository, type FindingRow, type WeekRow } from './review.repository.js';
import {
  actorsOf,
  findingFrom,
  findingPlace,
  isAbout,
  NOTE_CLASS,
  sealedNote,
  weekFromRow,
  weekPlace,
} from './review.rows.js';
import { REVIEW_TOPIC } from './review-watch.js';
import { WeeklyReview } from './weekly-review.service.js';

/** Findings a page shows; a week with more is a week for the audit itself. */
export const SHOWN = 100;
const WEEKS_SHOWN = 12;

export interface ReviewPage {
  /** The week under review; undefined before the first finished week. */
  readonly week: ReviewWeek | undefined;
  readonly weeks: readonly ReviewWeek[];
  /** Not settled: of this week, and what earlier ones left open. */
  readonly unsettled: readonly Finding[];
  readonly settled: readonly Finding[];
  readonly open: number;
  readonly names: ActorNames;
  readonly zone: string;
  /** True when nobody else could decide about this reviewer's own acts. */
  readonly alone: boolean;
}

/** The weekly review: what waits for a reviewer, their decisions, and the signature under a week. */
@Injectable()
export class Review {
  constructor(
    private readonly repository: ReviewRepository,
    private readonly weekly: WeeklyReview,
    private readonly names: ActorNameService,
    private readonly accounts: AccountPeople,
    private readonly practices: PracticeService,
    private readonly vault: Vault,
    private readonly audit: AuditWriter,
    private readonly work: Work,
    private readonly clock: Clock,
  ) {}

  /** The week asked for, or the one that waits longest, or the last one. Prepares the last finished week if nobody has. */
  async show(who: Principal, asked: string): Promise<ReviewPage> {
    if (!can(who, 'audit:review')) throw notFound();
    await this.weekly.prepareDue(1);
    const rows = await this.repository.weeks(WEEKS_SHOWN);
    const waiting = rows.findLast((row) => row.signed_at === null);
    const row = rows.find(({ week_start }) => week_start === asked) ?? waiting ?? rows.at(0);
    if (asked !== '' && row?.week_start !== asked) throw notFound();
    await this.audit.record(who, { action: 'review.read', object: row && `review:${row.week_start}` });
    const [unsettled, settled, open, alone, zone] = await Promise.all([
      row ? this.repository.unsettled(row.week_start, SHOWN) : [],
      row ? this.repository.settled(row.week_start, SHOWN) : [],
      row ? this.repository.openCount(row.week_start) : 0,
      this.isAlone(who),
      this.zone(),
    ]);
    const names = await this.names.namesFor([...unsettled, ...settled].flatMap(actorsOf));
    const [openFindings, doneFindings, weeks] = await this.opened(unsettled, settled, rows);
    return {
      week: weeks.find(({ start }) => start === row?.week_start),
      weeks,
      unsettled: openFindings,
      settled: doneFindings,
      open,
      names,
      zone,
      alone,
    };
  }

  /** The week a finding belongs to. Throws not-found. */
  async weekOf(who: Principal, id: string): Promise<string> {
    if (!can(who, 'audit:review') || !isId(id)) throw notFound();
    const finding = await this.repository.finding(id);
    if (!finding) throw notFound();
    return finding.week_start;
  }

  /**
   * Says that a finding is fine, or that somebody was asked about it.
   *
   * @param note what was agreed or asked; kept sealed
   * @throws DomainError `audit.own-act`, `audit.decided-already`
   */
  async decide(who: Principal, id: string, state: 'fine' | 'asked', note: string): Promise<void> {
    if (!can(who, 'audit:review') || !isId(id)) throw notFound();
    const finding = await this.repository.finding(id);
    if (!finding) throw notFound();
    const alone = isAbout(finding, who.id);
    if (alone && !(await this.isAlone(who))) throw new DomainError(AUDIT_ERRORS['audit.own-act']);
    if (finding.state === 'fine' || finding.state === state)
      throw new DomainError(AUDIT_ERRORS['audit.decided-already']);
    const noteEnc = note === '' ? null : await this.vault.seal(NOTE_CLASS, findingPlace(id), note);
    await this.work.run(who, async (tx) => {
      const decision = { state, noteEnc, by: who.id, at: this.clock.now(), alone };
      if (!(await this.repository.decide(tx.manager, id, finding.state, decision)))
        throw new DomainError(AUDIT_ERRORS['audit.decided-already']);
      tx.audit({
        action: 'review.decide',
        object: `finding:${id}`,
        clientId: finding.client_id ?? undefined,
        facts: { rule: finding.rule, decision: state, alone },
      });
    });
  }

  /** Signs a week; what is still open goes along into the next one. Throws `audit.signed-already`. */
  async sign(who: Principal, week: string, note: string): Promise<void> {
    if (!can(who, 'audit:review')) throw notFound();
    const row = (await this.repository.weeks(WEEKS_SHOWN)).find(({ week_start }) => week_start === week);
    if (!row) throw notFound();
    const noteEnc = note === '' ? null : await this.vault.seal(NOTE_CLASS, weekPlace(week), note);
    await this.work.run(who, async (tx) => {
      const open = await this.repository.sign(tx.manager, week, { noteEnc, by: who.id, at: this.clock.now() });
      if (open === undefined) throw new DomainError(AUDIT_ERRORS['audit.signed-already']);
      tx.audit({ action: 'review.sign', object: `review:${week}`, facts: { open } });
      tx.live(REVIEW_TOPIC, 'changed');
    });
  }

  private async isAlone(who: Principal): Promise<boolean> {
    return (await this.accounts.holders('audit:review')).every((id) => id === who.id);
  }

  private async zone(): Promise<string> {
    return (await this.practices.current())?.timeZone ?? 'UTC';
  }

  /** Opens every note of the page with one read of the keys. */
  private async opened(
    unsettled: readonly FindingRow[],
    settled: readonly FindingRow[],
    weeks: readonly WeekRow[],
  ): Promise<[Finding[], Finding[], ReviewWeek[]]> {
    const findings = [...unsettled, ...settled];
    const sealed: Sealed[] = [
      ...findings.flatMap(({ id, note_enc }) => (note_enc ? [sealedNote(findingPlace(id), note_enc)] : [])),
      ...weeks.flatMap(({ week_start, note_enc }) => (note_enc ? [sealedNote(weekPlace(week_start), note_enc)] : [])),
    ];
    const texts = (await this.vault.openMany(sealed)).values();
    const noteOf = ({ note_enc }: { note_enc: Buffer | null }): string | null =>
      note_enc === null ? null : (texts.next().value ?? null);
    // In the order of sealing above.
    const all = findings.map((row) => findingFrom(row, noteOf(row)));
    const allWeeks = weeks.map((row) => weekFromRow(row, noteOf(row)));
    return [all.slice(0, unsettled.length), all.slice(unsettled.length), allWeeks];
  }
}
