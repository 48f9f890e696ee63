import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { dataHolder, takeDataFolder } from '../../../src/platform/process/data-lock.js';
import { compileSources, type Compiled } from '../../support/compiled.js';
import { isAlive, nodePath, run, until, type Running } from '../../support/processes.js';

const support = path.join(import.meta.dirname, 'support');

describe('a server process', () => {
  let compiled: Compiled;
  let data: string;
  const started: Running[] = [];
  const pids: number[] = [];

  beforeAll(() => void (compiled = compileSources('platform')));
  afterAll(() => compiled.remove());
  beforeEach(() => void (data = mkdtempSync('/tmp/alcove-process-')));
  afterEach(async () => {
    for (const pid of pids.splice(0)) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
    for (const process_ of started.splice(0)) {
      process_.child.kill('SIGKILL');
      await process_.ended;
    }
    rmSync(data, { recursive: true, force: true });
  });

  const start = (env: Record<string, string> = {}): Running => {
    const args = [path.join(support, 'server.mjs'), compiled.folder, data];
    const process_ = run(nodePath, args, { env: { PATH: process.env.PATH, ...env } });
    started.push(process_);
    return process_;
  };
  const startThroughNpm = async (): Promise<{ npm: Running; shell: number; server: number }> => {
    const args = [path.join(support, 'npm.mjs'), path.join(support, 'server.mjs'), compiled.folder, data];
    const npm = run(nodePath, args, { env: { PATH: process.env.PATH } });
    started.push(npm);
    const server = Number((await npm.saw(/server (\d+)/))[1]);
    const shell = Number((await npm.saw(/shell (\d+)/))[1]);
    pids.push(server, shell);
    return { npm, shell, server };
  };

  it('writes its pid, and takes it away when it ends', async () => {
    const server = start();
    await server.saw(/server/);
    expect(Number(readFileSync(path.join(data, 'server.pid'), 'utf8'))).toBe(server.pid);
    expect(dataHolder(data)).toMatchObject({ pid: server.pid, kind: 'server' });
    server.child.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(server.output()).toMatch(/pages closed/);
    expect(readdirSync(data)).toEqual([]);
  });

  it('refuses a second one on the same data in one line, and leaves the first alone', async () => {
    const first = start();
    await first.saw(/server/);
    const second = start();
    expect(await second.ended).toBe(1);
    expect(second.output()).toBe(
      `alcove: A server already runs on ${data} (pid ${first.pid}). Stop it first, or set ALCOVE_DATA_DIR.\n`,
    );
    expect(Number(readFileSync(path.join(data, 'server.pid'), 'utf8'))).toBe(first.pid);
  });

  it('takes over from one that was killed', async () => {
    const first = start();
    await first.saw(/server/);
    first.child.kill('SIGKILL');
    await first.ended;
    expect(existsSync(path.join(data, 'server.lock'))).toBe(true);
    const second = start();
    await second.saw(/server/);
    expect(dataHolder(data)?.pid).toBe(second.pid);
  });

  it('is not fooled by a pid that another program has by now, nor by half a file', async () => {
    const lock = path.join(data, 'server.lock');
    for (const text of [JSON.stringify({ pid: process.pid, identity: 'boot:1', kind: 'server' }), '{"pid":1', '']) {
      writeFileSync(lock, text);
      const giveBack = await takeDataFolder(data, 'server');
      expect(dataHolder(data)?.pid).toBe(process.pid);
      giveBack();
    }
    expect(readdirSync(data)).toEqual([]);
  });

  it('is one of many that try at once', async () => {
    writeFileSync(path.join(data, 'server.lock'), JSON.stringify({ pid: 999_999, identity: 'boot:1', kind: 'server' }));
    const all = Array.from({ length: 5 }, () => start());
    await until('all have decided', () => all.every((each) => /server \d+|already runs/.test(each.output())));
    expect(all.filter((each) => /server \d+/.test(each.output()))).toHaveLength(1);
  });

  it('waits for a command, within limits', async () => {
    const giveBack = await takeDataFolder(data, 'command');
    const server = start();
    await sleep(500);
    expect(server.output()).toBe('');
    giveBack();
    await server.saw(/server \d+/);
    const other = takeDataFolder(data, 'command', 200);
    await expect(other).rejects.toThrow(/already runs/);
  });

  it('ends when npm is killed', async () => {
    const { npm, server } = await startThroughNpm();
    npm.child.kill('SIGKILL');
    await until('the server is gone', () => !isAlive(server), 5_000);
    await until('all it wrote arrived', () => /pages closed/.test(npm.output()));
    expect(npm.output()).toMatch(/lost npm run demo/);
    expect(readdirSync(data)).toEqual([]);
  });

  it('ends when the shell between is killed', async () => {
    const { npm, shell, server } = await startThroughNpm();
    process.kill(shell, 'SIGKILL');
    await until('the server is gone', () => !isAlive(server), 5_000);
    await until('all it wrote arrived', () => /pages closed/.test(npm.output()));
  });

  it('goes on when nothing it was started through is gone', async () => {
    const { server } = await startThroughNpm();
    await sleep(1_500);
    expect(isAlive(server)).toBe(true);
  });

  it('ends at once when asked a second time, and not by the echo of the first', async () => {
    const server = start({ HANG: '1' });
    await server.saw(/server/);
    server.child.kill('SIGINT');
    await sleep(100);
    server.child.kill('SIGINT');
    await sleep(1_200);
    expect(isAlive(server.pid)).toBe(true);
    server.child.kill('SIGINT');
    expect(await server.ended).toBe(1);
    expect(server.output()).toMatch(/SIGINT again, ending at once/);
  });
});
