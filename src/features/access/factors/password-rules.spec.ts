import { describe, expect, it } from '@jest/globals';
import { normalise, passwordFault, type PasswordContext } from './password-rules.js';

const context: PasswordContext = {
  secondFactor: false,
  words: ['Linden Row Counseling', 'noor.hadley@lindenrow.example'],
  common: new Set(['password', 'passwordpassword', 'correcthorsebatterystaple']),
};

describe('passwordFault', () => {
  it.each([
    ['quiet river lantern', undefined],
    ['fourteen chars', 'access:password.fault.short'],
    ['fifteen chars ok', undefined],
    ['correcthorsebatterystaple', 'access:password.fault.common'],
    ['PasswordPassword', 'access:password.fault.common'],
    ['123passwordpassword!!!', 'access:password.fault.common'],
    ['aaaaaaaaaaaaaaaaaaaa', 'access:password.fault.pattern'],
    ['abcabcabcabcabcabc', 'access:password.fault.pattern'],
    ['1234567890123456', 'access:password.fault.pattern'],
    ['abcdefghijklmnopqrst', 'access:password.fault.pattern'],
    ['Linden Row Counseling 2026', 'access:password.fault.context'],
    ['noorhadley-lindenrow', 'access:password.fault.context'],
    ['noorhadley walks lindenrow', undefined],
    ['ein Fluß, ein Licht, ein Weg', undefined],
    ['x'.repeat(3) + 'y'.repeat(400), 'access:password.fault.long'],
  ])('%s', (password, fault) => {
    expect(passwordFault(password, context)).toBe(fault);
  });

  it('takes 8 characters beside a second factor and asks for 8', () => {
    expect(passwordFault('tin whis', { ...context, secondFactor: true })).toBeUndefined();
    expect(passwordFault('tin whi', { ...context, secondFactor: true })).toBe('access:password.fault.short-with-code');
  });

  it('accepts 64 and 256 characters, counted as people count', () => {
    const words = 'the tide takes its time and so do we ';
    expect(passwordFault(words.repeat(7).slice(0, 256), context)).toBeUndefined();
    expect(passwordFault('🪴🌙🛋️🕯️☕📖🧵🎻🪁🚲🧭⛵🌾🍂❄️🌊', context)).toBeUndefined();
  });

  it('does not ask for digits, capitals or signs', () => {
    expect(passwordFault('only lower case words', context)).toBeUndefined();
  });
});

it('reads the same characters typed on different systems as one password', () => {
  expect(normalise('cafe\u0301 on the corner')).toBe(normalise('caf\u00e9 on the corner'));
});
