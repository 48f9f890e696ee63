import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestServer } from '../../support/server.js';

const MOST_MEGABYTES = 200;
const REST_MS = 10_000;

/** Resident megabytes; read where Linux says so. */
const residentOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;

/** Elsewhere nothing tells a process's resident memory without a program of its own. */
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('the memory of a process', () => {
  it('is seen where it is held', () => {
    const before = residentOf(process.pid);
    const held = Buffer.alloc(MOST_MEGABYTES * 1_048_576, 1);
    expect(residentOf(process.pid) - before).toBeGreaterThan(MOST_MEGABYTES / 2);
    expect(held.at(-1)).toBe(1);
  });
});

onLinux('an idle server', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start();
  }, 90_000);
  afterAll(async () => {
    await server.stop();
  });

  it('holds at most 200 MB after its first start', async () => {
    await sleep(REST_MS);
    expect(idle('first')).toBeLessThanOrEqual(MOST_MEGABYTES);
  }, 30_000);

  it('holds at most 200 MB after the next one', async () => {
    await server.restart();
    await sleep(REST_MS);
    expect(idle('second')).toBeLessThanOrEqual(MOST_MEGABYTES);
  }, 60_000);

  function idle(start: string): number {
    const megabytes = residentOf(server.process.pid);
    process.stdout.write(`${megabytes.toFixed(0)} MB resident, idle after the ${start} start\n`);
    return megabytes;
  }
});
