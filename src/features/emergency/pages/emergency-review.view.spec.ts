import { describe, expect, it } from '@jest/globals';
import type { EmergencyFacts } from '../../people/public.js';
import { emergencyListView, emergencyOneView } from './emergency-review.view.js';

const facts: EmergencyFacts = {
  id: 'e1',
  accountId: 'a1',
  personId: 'p1',
  clientId: 'c1',
  clientNumber: '20388',
  why: 'danger',
  openedAt: new Date('2026-11-17T17:52:00Z'),
  untilAt: new Date('2026-11-17T18:22:00Z'),
  closedAt: null,
  lookedAt: null,
  lookedBy: null,
};
const at = (time: string) => ({ now: new Date(`2026-11-17T${time}Z`), nameOf: () => 'Ines Calloway', firstPage: true });

describe('emergency access as owners see it', () => {
  it('is open until its end or its closing, by the clock and not by a job', () => {
    const open = (change: Partial<EmergencyFacts>, time: string) =>
      emergencyListView({ emergencies: [{ ...facts, ...change }], next: null }, at(time)).rows[0]?.open;
    expect([open({}, '18:21:59'), open({}, '18:22:00'), open({ closedAt: facts.openedAt }, '17:53:00')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('names the client by number and counts the minutes that were used', () => {
    const closedAt = new Date('2026-11-17T17:58:10Z');
    const { rows } = emergencyListView({ emergencies: [{ ...facts, closedAt }], next: null }, at('19:00:00'));
    expect(rows[0]).toMatchObject({ who: 'Ines Calloway', number: '20388', minutes: 7, why: 'emergency:why.danger' });
  });

  it('shows words on the page of one alone', () => {
    const words = 'The sister called and is worried.';
    const withWords = { ...facts, words };
    const list = emergencyListView({ emergencies: [withWords], next: null }, at('18:00:00'));
    expect(JSON.stringify(list)).not.toContain(words);
    expect(emergencyOneView(withWords, at('18:00:00')).words).toBe(words);
  });
});
