import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { finishedWeeks, type Week } from '../../../src/features/audit/days.js';
import { ReviewWatch } from '../../../src/features/audit/review/review-watch.js';
import { WeeklyReview } from '../../../src/features/audit/review/weekly-review.service.js';
import { ReviewWorld, ZONE, type Answer, type Browser, type Member } from './support.js';

const HOUR = 3_600_000;
const REVIEW = '/admin/audit/review';

let world: ReviewWorld;
let owner: Member;
let other: Member;
let noor: Browser;
let weeks: readonly Week[];

beforeAll(async () => {
  world = await ReviewWorld.open();
  owner = await world.member('owner', 'Noor Hadley');
  other = await world.member('clinician', 'Ines Calloway');
  const stranger = await world.client('Pim Quillfeather');
  // The oldest of them is over for more than fourteen days, whatever day it is today.
  weeks = finishedWeeks(new Date(), ZONE, new Date(0), 3);
  const [, middle, oldest] = weeks;
  const at = (week: Week) => new Date(week.from.getTime() + 34 * HOUR);
  await world.happened([
    { at: at(oldest), who: owner.who, entry: { action: 'kit.show' } },
    { at: at(oldest), who: other.who, entry: { action: 'chart.read', clientId: stranger } },
    { at: at(middle), who: owner.who, entry: { action: 'account.role' } },
  ]);
  await world.booted.app.get(WeeklyReview).prepareDue();
  await world.booted.app.get(ReviewWatch).refresh();
  noor = await world.browser(owner);
}, 60_000);
afterAll(() => world.close());

/** Titles of the findings that are not settled, with the forms' addresses. */
const waiting = (html: string): [string, string | undefined][] => {
  const [list = ''] = /<ol class="rows list">[\s\S]*?<\/ol>/.exec(html) ?? [];
  return list
    .split('<li ')
    .slice(1)
    .map((item) => [/<b>([^<]+)<\/b>/.exec(item)?.[1] ?? '', /action="([^"]+findings[^"]+)"/.exec(item)?.[1]]);
};
const addressOf = (html: string, title: string): string => {
  const address = waiting(html).find(([name]) => name === title)?.[1];
  if (!address) throw new Error(`${title} is not on the page`);
  return address.replaceAll('&#x3D;', '=');
};
const open = (week: Week): Promise<Answer> => noor.get(`${REVIEW}?week=${week.start}`);

describe('the weekly review', () => {
  it('begins with the week that waits longest', async () => {
    const { html } = await noor.get(REVIEW);
    expect(
      waiting(html)
        .map(([title]) => title)
        .sort(),
    ).toEqual(['Keys or secrets used', 'Opened by someone not in the care']);
    expect(html).toContain('Ines Calloway');
    expect(html).not.toContain('Quillfeather');
  });

  it('reminds on admin pages and Today that it is late, and nobody who could not sign', async () => {
    for (const page of ['/admin', '/admin/audit', '/today'])
      expect([page, late(await noor.get(page))]).toEqual([page, true]);
    expect(late(await noor.get('/clients'))).toBe(false);
    const clinician = await world.browser(other);
    expect(late(await clinician.get('/today'))).toBe(false);
    expect((await clinician.get(REVIEW)).status).toBe(404);
  });

  it('lets the only reviewer decide about themselves, and marks it', async () => {
    const { html } = await open(weeks[2]);
    const answer = await noor.post(addressOf(html, 'Keys or secrets used'), {
      decision: 'fine',
      note: 'Printed the kit.',
    });
    expect([answer.status, answer.location]).toEqual([303, `${REVIEW}?week=${weeks[2].start}&done=fine`]);
    expect((await open(weeks[2])).html).toContain('decided about themselves');
  });

  it('keeps the words sealed', async () => {
    const rows = await world.database.query<{ note_enc: Buffer }[]>(
      'SELECT note_enc FROM core.review_finding WHERE note_enc IS NOT NULL',
    );
    expect(rows).toHaveLength(1);
    expect(rows[0].note_enc.includes('Printed')).toBe(false);
    expect((await open(weeks[2])).html).toContain('Printed the kit.');
  });

  it('asks for words before somebody is asked, and keeps what was typed', async () => {
    const { html } = await open(weeks[2]);
    const address = addressOf(html, 'Opened by someone not in the care');
    const refused = await noor.post(address, { decision: 'asked', note: ' ' });
    expect([refused.status, refused.html.includes('Write down what you asked')]).toEqual([422, true]);
    expect((await noor.post(address, { decision: 'destroyed', note: 'kept words' })).html).toContain('kept words');
    expect((await noor.post(address, { decision: 'asked', note: 'Why this chart?' })).status).toBe(303);
    expect((await noor.post(address, { decision: 'asked', note: 'Again' })).status).toBe(409);
  });

  it('signs a week with what is open, which goes along into the next', async () => {
    const signed = await noor.post(`${REVIEW}/${weeks[2].start}/sign`, { note: 'Quiet week.' });
    expect(signed.status).toBe(303);
    expect((await noor.post(`${REVIEW}/${weeks[2].start}/sign`)).status).toBe(409);
    const [week] = await world.database.query<{ open_count: number; signed_by: string }[]>(
      'SELECT open_count, signed_by FROM core.review_week WHERE week_start = $1',
      [weeks[2].start],
    );
    expect(week).toEqual({ open_count: 1, signed_by: owner.accountId });
    const { html } = await noor.get(REVIEW);
    expect(waiting(html).map(([title]) => title)).toEqual([
      'Opened by someone not in the care',
      'Roles or accounts changed',
    ]);
    expect(html).toContain('From an earlier week');
  });

  it('stops reminding once the late week is signed', async () => {
    await world.booted.app.get(ReviewWatch).refresh();
    expect(late(await noor.get('/today'))).toBe(false);
  });

  it('leaves one’s own acts to another reviewer as soon as there is one', async () => {
    const { html } = await open(weeks[1]);
    const address = addressOf(html, 'Roles or accounts changed');
    const second = await world.member('owner', 'Bea Osei');
    expect((await open(weeks[1])).html).toContain('This is about you.');
    const refused = await noor.post(address, { decision: 'fine', note: '' });
    expect([refused.status, refused.html.includes('about your own acts')]).toEqual([409, true]);
    const bea = await world.browser(second);
    await bea.get(REVIEW);
    expect((await bea.post(address, { decision: 'fine', note: '' })).status).toBe(303);
  });

  it('answers ids and weeks that are none like everything unknown', async () => {
    for (const path of ['findings/1', 'findings/01990000-dead-7000-8000-000000000000', '2020-01-06/sign', 'x/sign'])
      expect([path, (await noor.post(`${REVIEW}/${path}`, { decision: 'fine' })).status]).toEqual([path, 404]);
    expect((await noor.get(`${REVIEW}?week=2020-01-06`)).status).toBe(404);
    expect((await noor.get(`${REVIEW}?week[]=a`)).status).toBe(200);
  });
});

const late = ({ html }: Answer): boolean => html.includes('The weekly review of the audit is late.');
