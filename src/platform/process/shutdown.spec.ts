import { describe, expect, it } from '@jest/globals';
import { FatalError } from './fatal.js';
import { Shutdown } from './shutdown.js';

const watched = () => {
  const lines: string[] = [];
  const codes: number[] = [];
  const shutdown = new Shutdown(
    (line) => void lines.push(line),
    (code) => void codes.push(code),
  );
  return { lines, codes, shutdown };
};

describe('Shutdown', () => {
  it('closes in the reverse order of starting, one after another', async () => {
    const { shutdown, codes } = watched();
    const closed: string[] = [];
    shutdown.onShutdown('database', () => void closed.push('database'));
    shutdown.onShutdown('server', async () => {
      await Promise.resolve();
      closed.push('server');
    });
    await shutdown.end(0);
    expect(closed).toEqual(['server', 'database']);
    expect(codes).toEqual([0]);
  });

  it('goes on past a step that hangs and one that fails', async () => {
    const { shutdown, lines } = watched();
    const closed: string[] = [];
    shutdown.onShutdown('database', () => void closed.push('database'));
    shutdown.onShutdown('jobs', () => new Promise<void>(() => undefined), 20);
    shutdown.onShutdown('pages', () => {
      throw new Error('no');
    });
    await shutdown.end(0);
    expect(closed).toEqual(['database']);
    expect(lines).toEqual([
      'alcove: closing pages failed: no',
      'alcove: closing jobs took longer than 0.02 s, going on',
    ]);
  });

  it('runs its steps once, however often it is asked', async () => {
    const { shutdown } = watched();
    let times = 0;
    shutdown.onShutdown('x', () => void times++);
    await Promise.all([shutdown.end(0), shutdown.end(0)]);
    expect(times).toBe(1);
    expect(shutdown.isEnding).toBe(true);
  });

  it('says what the operator can mend in one line each, closes, and exits with another code than 0', async () => {
    const { shutdown, lines, codes } = watched();
    let closed = false;
    shutdown.onShutdown('x', () => void (closed = true));
    await shutdown.fail(new FatalError('PORT: wrong.\nDATABASE_URL: wrong, too.', 3));
    expect(lines).toEqual(['alcove: PORT: wrong.', 'alcove: DATABASE_URL: wrong, too.']);
    expect([codes, closed]).toEqual([[3], true]);
  });

  it('shows where an unexpected error happened', async () => {
    const { shutdown, lines, codes } = watched();
    await shutdown.fail(new TypeError('x is undefined'));
    expect(lines.join('\n')).toMatch(/unexpected error\nTypeError: x is undefined\n\s+at /);
    expect(codes).toEqual([1]);
  });
});
