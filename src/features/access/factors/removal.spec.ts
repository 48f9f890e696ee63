import { expect, it } from '@jest/globals';
import { removalFault } from './passkey.service.js';

const totp = Buffer.from('sealed');

it.each([
  ['one of several', null, 'hash', 1, true, false, undefined],
  ['the last of staff', null, 'hash', 0, true, true, 'access.last-factor'],
  ['the last of staff with codes', totp, 'hash', 0, true, false, undefined],
  ['the last of a client with a long password', null, 'hash', 0, false, true, undefined],
  ['the last of a client, password not looked at', null, 'hash', 0, false, false, 'access.password-alone'],
  ['the only way in', null, null, 0, false, true, 'access.last-way'],
  ['the only way in beside codes', totp, null, 0, false, true, 'access.last-way'],
] as const)('%s', (_, totpEnc, passwordHash, left, mustKeep, checked, fault) =>
  expect(removalFault({ totpEnc, passwordHash }, left, mustKeep, checked)).toBe(fault),
);
