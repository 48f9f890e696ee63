import { describe, expect, it } from '@jest/globals';
import { discreetName, displayName, initials, sortKey } from './names.js';

describe('names', () => {
  it('show what people are called', () => {
    expect(displayName('Rowena Ashby', 'Rowan Ashby')).toBe('Rowan Ashby');
    expect(displayName('Rowena Ashby', null)).toBe('Rowena Ashby');
  });

  it('are ordered by their last word, without diacritics', () => {
    const ordered = ['Zoë Ångström', 'Li', 'Ana Žižek', 'Bo Angus'].sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1));
    expect(ordered).toEqual(['Zoë Ångström', 'Bo Angus', 'Li', 'Ana Žižek']);
  });

  it('have initials in every script', () => {
    expect(initials('Ines de la Calloway')).toBe('IC');
    expect(initials('李')).toBe('李');
    expect(initials('  ')).toBe('');
    expect(initials('👩‍👧 Núñez')).toBe('👩‍👧N');
  });

  it('hide behind initials and the number, and nothing else of the name is left', () => {
    const hidden = discreetName('Lena Farrow', '20366');
    expect(hidden).toBe('L. F., 20366');
    expect(hidden).not.toMatch(/lena|farrow/i);
    expect(discreetName('Lena Farrow', undefined)).toBe('L. F.');
  });
});
