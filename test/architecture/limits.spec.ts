import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { lifetimeOf, UNFINISHED } from '../../src/features/access/sessions/session-lifetimes.js';
import { delayAfter, FREE_PER_ACCOUNT, FREE_PER_ADDRESS } from '../../src/features/access/sign-in/sign-in-throttle.js';
import { REQUESTS_PER_MINUTE } from '../../src/platform/http/request-limits.js';
import { BLIND_MS, RECHECK_MS } from '../../src/platform/live/session-watch.js';

const PAGE = readFileSync('docs/reference/limits.md', 'utf8');
const source = (file: string, pattern: RegExp): string | undefined =>
  pattern.exec(readFileSync(file, 'utf8'))?.[1].replaceAll('_', '');
const english = (count: number): string => count.toLocaleString('en');

/** The numbers people rely on, against the code that keeps them. */
describe('docs/reference/limits.md', () => {
  const row = (start: string): string => {
    const line = PAGE.split('\n').find((one) => one.startsWith(`| ${start}`));
    if (line === undefined) throw new Error(`no row begins with ${start}`);
    return line.slice(start.length + 2);
  };

  it('says how many tries there are', () => {
    expect(row('Passwords, codes')).toContain(`| ${FREE_PER_ACCOUNT} tries |`);
    expect(row('Tries from one address')).toContain(`| ${FREE_PER_ADDRESS} tries |`);
    const pauses = [0, 1, 2, 3, 4, 5].map((more) => delayAfter(FREE_PER_ACCOUNT + more, FREE_PER_ACCOUNT) / 60);
    expect(pauses).toEqual([1, 2, 4, 8, 15, 15]);
    expect(row('Passwords, codes')).toContain('1, 2, 4, 8, then 15 minutes');
  });

  it('says how many requests there are', () => {
    expect(row('Forms of signing in')).toContain(`| ${english(REQUESTS_PER_MINUTE.entering)} |`);
    expect(row('Session links: pages')).toContain(`| ${english(REQUESTS_PER_MINUTE.door)} |`);
    expect(row('The API for programs')).toContain(`| ${english(REQUESTS_PER_MINUTE.api)} |`);
    expect(row('Every other form')).toContain(`| ${english(REQUESTS_PER_MINUTE.form)} |`);
  });

  it('says how long sessions live', () => {
    const [staff, client] = [lifetimeOf('clinician'), lifetimeOf('client')];
    expect(row('Staff, without')).toContain(`${staff.idleMinutes} minutes`);
    expect(row('Clients and guardians, without')).toContain(`${client.idleMinutes} minutes`);
    expect(row('Staff, whatever')).toContain(`${staff.absoluteMinutes / 60} hours`);
    expect(row('Clients and guardians, whatever')).toContain(`${client.absoluteMinutes / 60} hours`);
    expect(row('Between password')).toContain(`${UNFINISHED.absoluteMinutes} minutes`);
  });

  it('says how fast access ends', () => {
    expect(row('Live streams and plugins')).toContain(`every ${RECHECK_MS / 1_000} seconds`);
    expect(row('Live streams and plugins')).toContain(`after ${BLIND_MS / 1_000} seconds`);
    const tick = source('src/features/encounters/session-keeper.service.ts', /TICK_MS = ([\d_]+)/);
    expect(row("The clinician's place")).toContain(`every ${Number(tick) / 1_000} seconds`);
    const life = source('src/platform/live/sse.ts', /LIFETIME_MS = ([\d_]+)/);
    expect(row('A stream, whatever')).toContain(`${Number(life) / 1_000} seconds`);
  });

  it('says how large things may be', () => {
    const pipeline = 'src/platform/http/pipeline.ts';
    expect(row('Body of a request')).toContain(`${source(pipeline, /BODY_LIMIT = '(\d+)kb'/)} KB`);
    expect(row('Body of a request')).toContain(`${source(pipeline, /parameterLimit: ([\d_]+)/)} fields`);
    expect(row('Live streams of one reader')).toContain(
      `| ${source('src/platform/live/sse.ts', /MAX_STREAMS_PER_OWNER = ([\d_]+)/)} |`,
    );
    expect(row('Live streams of one process')).toContain(
      `| ${english(Number(source('src/platform/live/sse.ts', /MAX_STREAMS = ([\d_]+)/)))} |`,
    );
    expect(row('Sockets of one plugin')).toContain(
      `| ${english(Number(source('src/kernel/isolation/socket-gate.ts', /MOST_SOCKETS = ([\d_]+)/)))} |`,
    );
    expect(row('One message')).toContain(
      `| ${source('src/kernel/isolation/socket-gate.ts', /MOST_BYTES = (\d+) \* 1024/)} KB |`,
    );
  });
});
