import { describe, expect, it } from '@jest/globals';
import { newId } from '../../platform/ids.js';
import { readFilter } from './audit-filter.js';

const clientId = newId();
const around = {
  // A Tuesday, 4 in the afternoon in Denver; in UTC it is Tuesday too, and Wednesday from 5 on.
  now: new Date('2026-11-17T23:30:00Z'),
  zone: 'America/Denver',
  clientId: (number: string) => (number === '20418' ? clientId : undefined),
};
const read = (query: Record<string, unknown>) => readFilter(query, around);

describe('readFilter', () => {
  it('is today of the practice when nothing is asked', () => {
    expect(read({})).toEqual({
      asked: { who: 'everyone', what: 'all', when: 'today', from: '', until: '', client: '' },
      faults: {},
      range: { from: new Date('2026-11-17T07:00:00Z'), until: new Date('2026-11-18T07:00:00Z'), before: null },
      wanted: { by: null, actorId: null, actions: null, outcomes: null, clientId: null },
    });
  });

  it('counts seven days with today, and a day of 25 hours whole', () => {
    expect(read({ when: 'week' }).range.from).toEqual(new Date('2026-11-11T07:00:00Z'));
    const { range } = read({ when: 'dates', from: '2026-11-01', until: '2026-11-01' });
    expect(range.until.getTime() - range.from.getTime()).toBe(25 * 3_600_000);
  });

  it('narrows to a group, an account, a client', () => {
    const account = newId();
    expect(read({ what: 'emergency' }).wanted.actions).toEqual(['emergency.close', 'emergency.open']);
    expect(read({ what: 'refused' }).wanted).toMatchObject({ outcomes: ['refused', 'failed'], actions: null });
    expect(read({ who: account }).wanted).toMatchObject({ actorId: account, by: null });
    expect(read({ who: 'staff', client: '20418' }).wanted).toMatchObject({ by: 'staff', clientId });
  });

  it('says what is wrong and keeps what was typed', () => {
    expect(read({ client: '99', who: 'me', what: 'nothing' })).toMatchObject({
      asked: { client: '99', who: 'me' },
      faults: { client: 'audit:fault.client', who: 'audit:fault.choose', what: 'audit:fault.choose' },
    });
    expect(read({ when: 'dates', from: '2026-02-30', until: '' }).faults).toEqual({
      from: 'audit:fault.day',
      until: 'audit:fault.day',
    });
    expect(read({ when: 'dates', from: '2026-02-02', until: '2026-02-01' }).faults).toEqual({
      until: 'audit:fault.order',
    });
  });

  it('takes a long span only for one client or one person', () => {
    const long = { when: 'dates', from: '2025-01-01', until: '2026-01-01' };
    expect(read(long).faults).toEqual({ until: 'audit:fault.span' });
    expect(read({ ...long, client: '20418' }).faults).toEqual({});
    expect(read({ ...long, who: newId() }).faults).toEqual({});
  });

  it.each([
    ['an object', { who: { $ne: '' }, client: { a: 1 }, before: {} }],
    ['a list', { who: ['staff'], what: ['opened'], from: ['2026-01-01'], before: ['1'] }],
    ['a statement', { before: '1; DROP TABLE core.audit_event' }],
    ['a number too large', { before: '9'.repeat(30) }],
  ])('takes %s for nothing', (_, query) => {
    expect(read(query)).toEqual(read({}));
  });
});
