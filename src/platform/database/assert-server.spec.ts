import { describe, expect, it } from '@jest/globals';
import { judgeServer, type ServerFacts } from './assert-server.js';

const GOOD: ServerFacts = {
  server_version_num: '180004',
  server_encoding: 'UTF8',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  data_checksums: 'on',
  log_statement: 'none',
  log_error_verbosity: 'terse',
  log_min_messages: 'warning',
  log_parameter_max_length: '-1',
  log_parameter_max_length_on_error: '0',
  log_min_duration_statement: '-1',
  log_duration: 'off',
};
const LINK = { encrypted: true, local: false };

describe('judgeServer', () => {
  it('has nothing to say about a server set up as it should be', () => {
    expect(judgeServer(GOOD, LINK)).toEqual({ impossible: [], unsafe: [], advice: [] });
  });

  it.each([
    ['fsync', 'off'],
    ['full_page_writes', 'off'],
    ['synchronous_commit', 'off'],
    ['synchronous_commit', 'local'],
    ['log_statement', 'all'],
    ['log_error_verbosity', 'default'],
    ['log_parameter_max_length_on_error', '-1'],
  ])('calls %s = %s unsafe, in one line that names it', (name, value) => {
    const { unsafe } = judgeServer({ ...GOOD, [name]: value }, LINK);
    expect(unsafe).toHaveLength(1);
    expect(unsafe[0]).toMatch(new RegExp(`^PostgreSQL: ${name} is ${value}; set it to `));
  });

  it('minds logged values only where statements are logged', () => {
    expect(judgeServer({ ...GOOD, log_min_duration_statement: '250' }, LINK).unsafe[0]).toMatch(
      /log_parameter_max_length /,
    );
    const silent = { ...GOOD, log_min_duration_statement: '250', log_parameter_max_length: '0' };
    expect(judgeServer(silent, LINK).unsafe).toEqual([]);
  });

  it('accepts any verbosity where errors of statements are not logged at all', () => {
    expect(judgeServer({ ...GOOD, log_min_messages: 'log', log_error_verbosity: 'default' }, LINK).unsafe).toEqual([]);
  });

  it('wants encryption over a network and not over a socket', () => {
    expect(judgeServer(GOOD, { encrypted: false, local: false }).unsafe[0]).toMatch(/^DATABASE_URL: .*not encrypted/);
    expect(judgeServer(GOOD, { encrypted: false, local: true }).unsafe).toEqual([]);
  });

  it('cannot work on an old server or another encoding', () => {
    const old = judgeServer({ ...GOOD, server_version_num: '140011', server_encoding: 'LATIN1' }, LINK);
    expect(old.impossible).toHaveLength(2);
  });

  it('advises checksums', () => {
    expect(judgeServer({ ...GOOD, data_checksums: 'off' }, LINK).advice).toHaveLength(1);
  });
});
