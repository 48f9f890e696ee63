import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { isDatabaseGone } from './database-gone.js';

const withCode = (code: string, extra: object = {}): Error => Object.assign(new Error('x'), { code, ...extra });

describe('isDatabaseGone', () => {
  it.each(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', '57P01', '57P02', '57P03', '08006', '08P01', '53300'])(
    'takes %s for a lost database',
    (code) => expect(isDatabaseGone(withCode(code))).toBe(true),
  );

  it.each(['23505', '23P01', '42P01', '57014', '40001', '28P01', 'EACCES', ''])('does not take %s for one', (code) =>
    expect(isDatabaseGone(withCode(code))).toBe(false),
  );

  it('tells a missing socket from a missing file', () => {
    expect(isDatabaseGone(withCode('ENOENT', { syscall: 'connect' }))).toBe(true);
    expect(isDatabaseGone(withCode('ENOENT', { syscall: 'open' }))).toBe(false);
  });

  it('looks inside what TypeORM and Node wrap around it', () => {
    expect(isDatabaseGone(new QueryFailedError('select 1', [], withCode('57P01')))).toBe(true);
    expect(isDatabaseGone(new QueryFailedError('select 1', [], withCode('23505')))).toBe(false);
    expect(isDatabaseGone(new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]))).toBe(true);
    expect(isDatabaseGone(new AggregateError([withCode('ECONNREFUSED'), withCode('23505')]))).toBe(false);
  });

  it.each([
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Connection terminated due to connection timeout',
    'Client has encountered a connection error and is not queryable',
    'Query read timeout',
  ])('knows the words of the driver: %s', (words) => expect(isDatabaseGone(new Error(words))).toBe(true));

  it('is false for anything else', () => {
    for (const other of [new Error('Connection is a nice word'), null, undefined, 'ECONNREFUSED', 7]) {
      expect(isDatabaseGone(other)).toBe(false);
    }
  });
});
