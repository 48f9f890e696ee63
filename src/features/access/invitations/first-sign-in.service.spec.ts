import { describe, expect, it } from '@jest/globals';
import { shortened } from './first-sign-in.service.js';

describe('shortened', () => {
  it('leaves enough to know which of one’s own addresses it is, and no more', () => {
    expect(shortened('theo.osgood@care.example')).toBe('t···@care.example');
    expect(shortened('🦉owl@care.example')).toBe('🦉···@care.example');
    expect(shortened('"odd@inside"@care.example')).toBe('"···@care.example');
  });

  it('gives nothing of what is no address away', () => {
    expect([shortened('closed'), shortened('@care.example'), shortened('')]).toEqual(['···', '···', '···']);
  });
});
