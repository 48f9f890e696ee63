import { describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import { createLog, scrub } from './log.js';

function capture(): { lines: string[]; destination: Writable } {
  const lines: string[] = [];
  return {
    lines,
    destination: new Writable({ write: (chunk: Buffer, _, done) => (lines.push(chunk.toString()), done()) }),
  };
}

describe('the log', () => {
  it('never prints a secret field, however deep it stands', () => {
    const { lines, destination } = capture();
    const log = createLog({ level: 'info', destination });
    log.info(
      {
        password: 'CANARY1',
        form: { email: 'CANARY2' },
        a: { b: { token: 'CANARY3' } },
        req: { headers: { cookie: 'CANARY4' } },
      },
      'x',
    );
    expect(lines.join('')).not.toMatch(/CANARY/);
    expect(lines.join('')).toContain('[redacted]');
  });

  it('prints what is not secret (the control: the canary is seen where it should be)', () => {
    const { lines, destination } = capture();
    createLog({ level: 'info', destination }).info({ requestId: 'CANARY' }, 'x');
    expect(lines.join('')).toContain('CANARY');
  });

  it('prints database errors without the values in them', () => {
    const { lines, destination } = capture();
    const error = Object.assign(new Error('duplicate key value violates unique constraint "a"'), {
      code: '23505',
      detail: 'Key (email)=(CANARY@example.org) already exists.',
      parameters: ['CANARY'],
    });
    createLog({ level: 'info', destination }).error({ err: error }, 'failed');
    expect(lines.join('')).not.toMatch(/CANARY/);
    expect(lines.join('')).toContain('23505');
  });

  it('hides session-link tokens in any text', () => {
    expect(scrub('GET /j/AbCdEfGhIjKlMnOp/live?x=1')).toBe('GET /j/[link]/live?x=1');
    expect(scrub('/sign-in?next=/clients/1&token=abc')).toBe('/sign-in?next=[redacted]&token=[redacted]');
  });
});
