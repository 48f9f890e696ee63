import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { finishedWeeks, type Week } from '../../../src/features/audit/days.js';
import { RULES, type Found, type RuleId } from '../../../src/features/audit/review/act.js';
import { REVIEW_RULES } from '../../../src/features/audit/review/rules/index.js';
import { WeeklyReview } from '../../../src/features/audit/review/weekly-review.service.js';
import { People } from '../../../src/features/people/public.js';
import { systemPrincipal, type Principal } from '../../../src/platform/access/principal.js';
import type { AuditEntry } from '../../../src/platform/audit/audit-entry.js';
import { Directory } from '../../../src/platform/directory/directory.js';
import { Work } from '../../../src/platform/work/work.js';
import { scale, seededRandom } from '../../scale.js';
import { ordinaryWeek, practiceOf, type Practice } from './ordinary-week.js';
import { ReviewWorld, ZONE, type Happened, type Member } from './support.js';

const HOUR = 3_600_000;
/** Findings in an ordinary week that are no wrong-doing: late notes, namesakes, the waiting list. Stated, and not more than this. */
const FALSE_ALARMS = 20;

let world: ReviewWorld;
let review: WeeklyReview;
let practice: Practice;
let week: Week;
let ordinary: Found[];

beforeAll(async () => {
  world = await ReviewWorld.open();
  review = world.booted.app.get(WeeklyReview);
  [week] = finishedWeeks(new Date(), ZONE, new Date(0), 1);
  const random = seededRandom(20_261_117);
  practice = await practiceOf(world, random);
  const acts = await ordinaryWeek(world, practice, week.from, scale.ordinaryActs, random);
  await world.careSince(new Date(week.from.getTime() - 90 * 24 * HOUR));
  await world.happened(acts);
  ordinary = (await review.look(week, ZONE)).found;
}, 300_000);
afterAll(() => world.close());

const nameOf = ({ rule, actorId, clientId }: Pick<Found, 'rule' | 'actorId' | 'clientId'>): string =>
  [rule, actorId, clientId ?? 'nobody'].join(' ');

describe('the rules of the weekly review', () => {
  let planted: { rule: RuleId; actorId: string; clientId: string | null }[];

  it('find little in an ordinary week, and say how much', async () => {
    const { rows } = await review.look(week, ZONE);
    const kinds = RULES.map((rule) => [rule, ordinary.filter((one) => one.rule === rule).length] as const)
      .filter(([, count]) => count > 0)
      .map(([rule, count]) => `${rule} ${count}`)
      .join(', ');
    process.stdout.write(`weekly review: ${rows} ordinary acts, ${ordinary.length} false alarms (${kinds})\n`);
    expect(rows).toBeGreaterThanOrEqual(scale.ordinaryActs);
    expect(ordinary.length).toBeLessThanOrEqual(FALSE_ALARMS);
    // An evening of late notes is in the week; a review that finds nothing at all would not have looked.
    expect(ordinary.length).toBeGreaterThan(0);
  });

  it('find each of twelve planted patterns, by name and nothing else', async () => {
    planted = await plant();
    expect(planted.map(({ rule }) => rule).sort()).toEqual([...RULES].sort());
    const before = new Set(ordinary.map(nameOf));
    const found = (await review.look(week, ZONE)).found.map(nameOf).filter((name) => !before.has(name));
    expect(found.sort()).toEqual(planted.map(nameOf).sort());
  }, 60_000);

  it.each(RULES)('miss the pattern of %s when its rule is taken away', async (rule) => {
    const rules = REVIEW_RULES.filter(({ id }) => id !== rule);
    const found = new Set((await review.look(week, ZONE, rules)).found.map(nameOf));
    expect(planted.filter((one) => !found.has(nameOf(one))).map((one) => one.rule)).toEqual([rule]);
  });

  it('write a week down once, however often it is prepared', async () => {
    const count = async () =>
      world.database.query<{ findings: number }[]>('SELECT count(*)::int AS findings FROM core.review_finding');
    await review.prepare(week, ZONE);
    const once = await count();
    expect(once).toEqual([{ findings: ordinary.length + planted.length }]);
    await Promise.all([review.prepare(week, ZONE), review.prepare(week, ZONE)]);
    expect(await count()).toEqual(once);
  });
});

/** One of each, each by somebody for whom no other rule has a reason to speak. */
async function plant() {
  const { clinicians, caseloads, desk, biller, owner, itAdmin } = practice;
  const [ines, theo] = clinicians;
  const noon = new Date(week.from.getTime() + (3 * 24 + 12.25) * HOUR);
  const acts: Happened[] = [];
  const found: { rule: RuleId; actorId: string; clientId: string | null }[] = [];
  const does = (rule: RuleId, who: Member, clientId: string | null, ...entries: AuditEntry[]) => {
    for (const entry of entries) acts.push({ at: noon, who: who.who, entry });
    found.push({ rule, actorId: who.accountId, clientId });
  };
  const reads = (clientId: string, action = 'chart.read'): AuditEntry => ({ action, clientId });

  const both = await clientWhoWorksHere();
  await world.appointment(both.personId, both.personId, new Date(noon.getTime() + 3 * HOUR));
  does('own-chart', both, both.personId, reads(both.personId));
  await world.appointment(theo.personId, both.personId, new Date(noon.getTime() + 24 * HOUR));
  does('colleague-chart', theo, both.personId, reads(both.personId));

  const namesake = await world.member('clinician', 'Wren Zabriskie');
  const cousin = await world.client('Sol Zabriskie', namesake.personId);
  const stranger = await world.client('Pim Unrelated');
  const endangered = await world.client('Tam Alsounrelated');
  await world.careSince(new Date(week.from.getTime() - 90 * 24 * HOUR));
  does('same-surname', namesake, cousin, reads(cousin));
  does('not-in-care', ines, stranger, reads(stranger));
  does('emergency', theo, endangered, { action: 'emergency.open', clientId: endangered }, reads(endangered));

  const late = new Date(week.from.getTime() + 23.3 * HOUR);
  acts.push({ at: late, who: desk.who, entry: { action: 'calendar.read' } });
  found.push({ rule: 'after-hours', actorId: desk.accountId, clientId: null });

  const many = caseloads.flat().slice(0, 45);
  for (const [index, clientId] of many.entries())
    await world.appointment(clinicians[0].personId, clientId, new Date(noon.getTime() + index * 60_000));
  does('bulk', biller, null, ...many.map((clientId) => reads(clientId, 'client.details')));

  does('export', owner, null, { action: 'ledger.export' });
  does('roles-changed', owner, null, { action: 'account.role', object: `account:${desk.accountId}` });
  does('keys-used', owner, null, { action: 'kit.show' });
  const refused: AuditEntry = { action: 'route.refuse', outcome: 'refused', object: 'route:GET x' };
  does('refusals', itAdmin, null, ...Array.from({ length: 12 }, () => refused));

  const nobody: Principal = systemPrincipal('sign-in');
  const failed: AuditEntry = {
    action: 'session.refuse',
    object: `account:${biller.accountId}`,
    outcome: 'refused',
    reason: 'password',
  };
  for (let tries = 0; tries < 11; tries++) acts.push({ at: noon, who: nobody, entry: failed });
  found.push({ rule: 'sign-in-failures', actorId: biller.accountId, clientId: null });
  await world.happened(acts);
  return found;
}

/** A clinician who is also a client of the practice. */
async function clientWhoWorksHere(): Promise<Member> {
  const member = await world.member('client', 'Orla Vossberg');
  const { app } = world.booted;
  await app
    .get(Work)
    .run(systemPrincipal('test'), (tx) => app.get(People).makeClinicianInside(tx, member.personId, null));
  await app.get(Directory).refresh([member.personId]);
  await world.database.query(`UPDATE core.account SET role = 'clinician' WHERE id = $1`, [member.accountId]);
  return { ...member, role: 'clinician', who: { ...member.who, role: 'clinician' } };
}
