import { expect, it } from '@jest/globals';
import { canHavePasskeys } from './relying-party.js';

it.each([
  ['https://care.example.org', true],
  ['https://care.example.org:8443', true],
  ['http://localhost:3000', true],
  ['http://care.localhost', true],
  ['http://care.example.org', false],
  ['https://192.0.2.10', false],
  ['http://127.0.0.1:3000', false],
  ['https://[2001:db8::1]', false],
])('%s: passkeys %s', (origin, possible) => expect(canHavePasskeys(new URL(origin))).toBe(possible));
