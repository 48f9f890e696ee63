import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ROLES } from '../../src/platform/access/principal.js';
import { freePort } from '../support/free-port.js';
import { isAlive, nodePath, run, until } from '../support/processes.js';
import { TestServer } from '../support/server.js';

const launcher = path.resolve(import.meta.dirname, '../../src/cli/bin/alcove.mjs');

/** From the first start to the last, as an operator lives it. Each test goes on where the last one ended. */
describe('the life of a server', () => {
  let server: TestServer;
  beforeAll(async () => void (server = await TestServer.start()), 90_000);
  afterAll(() => server?.stop(), 60_000);

  /** The PostgreSQL of this data directory. */
  const postmaster = (): number =>
    Number(readFileSync(path.join(server.folder, postmasterFile()), 'utf8').split('\n')[0]);
  const postmasterFile = (): string => {
    const files = readdirSync(server.folder, { recursive: true }).map(String);
    const file = files.find((name) => path.basename(name) === 'postmaster.pid');
    if (!file) throw new Error('PostgreSQL does not run');
    return file;
  };

  it('says that it is ready, who can sign in, and where the session is', () => {
    const { demo, url } = server;
    const output = server.process.output();
    expect(output).toContain(`Alcove is ready at ${url}`);
    for (const text of [demo.session.clinicianUrl, demo.session.clientUrl]) expect(output).toContain(text);
    for (const role of ROLES) expect(output).toContain(server.account(role).email);
  });

  it('writes demo.json for scripts, for nobody else to read', () => {
    const { demo, url, folder } = server;
    expect(statSync(path.join(folder, 'demo.json')).mode & 0o777).toBe(0o600);
    expect(demo.baseUrl).toBe(url);
    expect(new Set(demo.accounts.map(({ role }) => role))).toEqual(new Set(ROLES));
    for (const account of demo.accounts) {
      expect(account).toMatchObject({ name: expect.any(String), email: expect.stringMatching(/@/) });
      expect(account.password.length).toBeGreaterThanOrEqual(15);
    }
    expect(demo.session.clinicianUrl.startsWith(`${url}/`)).toBe(true);
    expect(demo.session.clientUrl.startsWith(`${url}/`)).toBe(true);
    expect(Number(readFileSync(path.join(folder, 'server.pid'), 'utf8'))).toBe(server.process.pid);
  });

  it('answers 503 within two seconds while PostgreSQL is gone, and comes back by itself', async () => {
    const before = postmaster();
    const door = new URL(server.demo.session.clientUrl).pathname;
    const answers: number[] = [];
    let slowest = 0;
    expect(await server.status(door)).toBe(200);
    process.kill(before, 'SIGKILL');
    const answersAgain = async (): Promise<boolean> => {
      const asked = performance.now();
      answers.push(await server.status(door));
      slowest = Math.max(slowest, performance.now() - asked);
      return answers.at(-1) === 200 && answers.length > 1;
    };
    await until('pages are back', answersAgain, 20_000);
    expect(new Set(answers)).toEqual(new Set([503, 200]));
    expect(slowest).toBeLessThan(2_500);
    expect(postmaster()).not.toBe(before);
    await until('it is ready', async () => (await server.status('/health/ready')) === 200, 20_000);
    expect(isAlive(server.process.pid)).toBe(true);
  }, 60_000);

  it('is ended by Ctrl-C with exit code 0, the database with it', async () => {
    const database = postmaster();
    expect(await server.end('SIGINT')).toBe(0);
    await until('PostgreSQL is gone', () => !isAlive(database));
    expect(existsSync(path.join(server.folder, 'server.pid'))).toBe(false);
  }, 40_000);

  it('finds its data at the second start', async () => {
    const { accounts } = server.demo;
    const took = await server.begin();
    process.stderr.write(`second start ready after ${Math.round(took)} ms\n`);
    expect(server.demo.accounts).toEqual(accounts);
    expect(await server.status(new URL(server.demo.session.clientUrl).pathname)).toBe(200);
  }, 60_000);

  it('leaves no PostgreSQL behind when it is killed, and starts again', async () => {
    const database = postmaster();
    await server.kill9();
    await until('PostgreSQL is gone', () => !isAlive(database), 20_000);
    await server.begin();
  }, 60_000);

  it('ends when the npm that started it is gone', async () => {
    await server.end();
    const env = { ...process.env, PORT: String(server.port), ALCOVE_DATA_DIR: server.folder };
    const npm = run('npm', ['run', 'demo'], { env, detached: true });
    await npm.saw(/Alcove is ready at/, 60_000);
    const pid = Number(readFileSync(path.join(server.folder, 'server.pid'), 'utf8'));
    const database = postmaster();
    process.kill(npm.pid, 'SIGKILL');
    await until('the server and its database are gone', () => !isAlive(pid) && !isAlive(database), 20_000);
    await server.begin();
  }, 120_000);

  describe('refuses to start with one clear line, and makes nothing', () => {
    const refused = async (
      env: Record<string, string>,
      command = 'start',
    ): Promise<{ lines: string[]; folder: string }> => {
      const folder = path.join(mkdtempSync(path.join(os.tmpdir(), 'alcove-refused-')), 'data');
      const all = {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        ALCOVE_DATA_DIR: folder,
        PORT: String(await freePort()),
      };
      const attempt = run(nodePath, [launcher, command], { env: { ...all, ...env } });
      expect(await attempt.ended).not.toBe(0);
      const lines = attempt.output().trim().split('\n');
      expect(existsSync(env.ALCOVE_DATA_DIR ?? folder)).toBe(false);
      rmSync(path.dirname(folder), { recursive: true });
      return { lines, folder };
    };

    it('where the port is taken', async () => {
      const other = createServer();
      const port = await freePort();
      await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve));
      const { lines } = await refused({ PORT: String(port) });
      expect(lines).toEqual([expect.stringContaining(`Port ${port} on 127.0.0.1 is taken`)]);
      await new Promise((resolve) => other.close(resolve));
    }, 30_000);

    it('where the data directory cannot be made', async () => {
      const { lines } = await refused({ ALCOVE_DATA_DIR: '/dev/null/data' });
      expect(lines).toEqual([expect.stringMatching(/The data directory \/dev\/null\/data cannot be made/)]);
    }, 30_000);

    it.each([
      ['nobody answers', 'postgres://alcove:secret-word@127.0.0.1:9/alcove'],
      ['it is no address', 'not-an-address'],
    ])(
      'where DATABASE_URL is wrong: %s',
      async (_, address) => {
        const { lines } = await refused({ DATABASE_URL: address });
        expect(lines).toEqual([expect.stringContaining('DATABASE_URL')]);
        expect(lines[0]).not.toContain('secret-word');
      },
      30_000,
    );

    it('where the key file of existing data is missing', async () => {
      await server.end();
      const keys = path.join(server.folder, 'keys.json');
      const content = readFileSync(keys);
      rmSync(keys);
      const env = {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        ALCOVE_DATA_DIR: server.folder,
        PORT: String(server.port),
      };
      const attempt = run(nodePath, [launcher, 'demo'], { env });
      expect(await attempt.ended).not.toBe(0);
      expect(attempt.output().trim().split('\n')).toEqual([expect.stringMatching(/key/)]);
      expect(existsSync(keys)).toBe(false);
      writeFileSync(keys, content, { mode: 0o600 });
      await server.begin();
    }, 60_000);
  });
});
