import { describe, expect, it } from '@jest/globals';
import { ageAt, isBirthDate } from './age.js';

describe('age', () => {
  it('changes at local midnight of the person', () => {
    const before = new Date('2026-11-17T07:59:00Z');
    const after = new Date('2026-11-17T08:01:00Z');
    expect(ageAt('2008-11-17', before, 'America/Los_Angeles')).toBe(17);
    expect(ageAt('2008-11-17', after, 'America/Los_Angeles')).toBe(18);
    expect(ageAt('2008-11-17', before, 'America/New_York')).toBe(18);
  });

  it('of somebody born on 29 February changes on 1 March in common years', () => {
    expect(ageAt('2008-02-29', new Date('2026-02-28T12:00:00Z'), 'UTC')).toBe(17);
    expect(ageAt('2008-02-29', new Date('2026-03-01T12:00:00Z'), 'UTC')).toBe(18);
    expect(ageAt('2008-02-29', new Date('2028-02-29T12:00:00Z'), 'UTC')).toBe(20);
  });
});

describe('a birth date', () => {
  const today = new Date('2026-11-17T12:00:00Z');
  it.each(['1991-02-30', '2026-11-18', '1890-01-01', '17/11/1991', '', '1991-2-3', '0000-00-00'])(
    '%p is refused',
    (text) => expect(isBirthDate(text, today)).toBe(false),
  );
  it.each(['1992-02-29', '2026-11-17', '1900-01-01'])('%p is taken', (text) =>
    expect(isBirthDate(text, today)).toBe(true),
  );
});
