import { describe, expect, it } from '@jest/globals';
import { sameSitePath, signInPath } from './session-redirect.js';

/** Prefixes, hosts and tails that browsers and frameworks have been fooled with, combined. */
const STARTS = [
  '//',
  '///',
  '////',
  '/\\',
  '\\/',
  '\\\\',
  '/\t/',
  '/\n/',
  '/\r/',
  '\t//',
  ' //',
  '/ /',
  '/%09/',
  '/%2f',
  '/%5c',
  '/%2F%2F',
  '/.//',
  '/..//',
  '/;//',
  'http://',
  'https://',
  'http:/',
  'http:',
  'HTTPS://',
  'https:\\\\',
  'ftp://',
  'javascript:',
  'JaVaScRiPt:',
  'data:text/html,',
  'vbscript:',
  '/\u0000/',
  '/\u200b//',
  '/\u2028/',
  '\uFF0F\uFF0F',
  '/%0a/',
  '/%0d%0a',
  '/%E2%80%AE//',
  '?next=//',
  '#//',
  '',
];
const HOSTS = [
  'evil.example',
  'evil.example/',
  'evil.example/%2f..',
  'user@evil.example',
  'here.invalid@evil.example',
  'evil.example:443',
  '[::1]',
  'evil.example\\@here.invalid',
  '%65vil.example',
];

const goesElsewhere = (path: string): boolean => {
  const base = 'https://care.example.org';
  return !URL.canParse(path, base) || new URL(path, base).origin !== base;
};

describe('sameSitePath', () => {
  const strings = STARTS.flatMap((start) => HOSTS.map((host) => start + host));

  it('never lets a path out of the site, over more than 300 open-redirect strings', () => {
    expect(strings.length).toBeGreaterThan(300);
    const escaped = strings.filter((text) => {
      const path = sameSitePath(text);
      if (path === undefined) return false;
      // A proxy that decodes once must not turn it into another origin either.
      const decoded = decodeURIComponent(path);
      return !path.startsWith('/') || goesElsewhere(path) || decoded.startsWith('//') || decoded.startsWith('/\\');
    });
    expect(escaped).toEqual([]);
  });

  it('has strings that a careless check would let out', () => {
    const careless = (text: string): boolean => text.startsWith('/');
    expect(strings.filter((text) => careless(text) && goesElsewhere(text)).length).toBeGreaterThan(50);
  });

  it.each([
    ['/today', '/today'],
    ['/today?day=2026-11-24', '/today?day=2026-11-24'],
    ['/clients/0199-a?tab=people&x=a%20b', '/clients/0199-a?tab=people&x=a%20b'],
    ['/', '/'],
    ['/a/../b', '/b'],
    ['/sign-in', undefined],
    ['/sign-in/code', undefined],
    ['/sign-out', undefined],
    ['/today\nSet-Cookie: a=b', undefined],
    ['today', undefined],
    [`/${'a'.repeat(600)}`, undefined],
    [['/today'], undefined],
    [{ toString: (): string => '/today' }, undefined],
    [undefined, undefined],
    [null, undefined],
  ])('%p', (wanted, path) => expect(sameSitePath(wanted)).toBe(path));
});

it('carries only good paths to the sign-in', () => {
  expect(signInPath('/today?day=2026-11-24')).toBe('/sign-in?next=%2Ftoday%3Fday%3D2026-11-24');
  expect(signInPath('//evil.example')).toBe('/sign-in');
  expect(signInPath('/')).toBe('/sign-in');
  expect(signInPath(undefined)).toBe('/sign-in');
});
