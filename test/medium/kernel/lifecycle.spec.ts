import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { definePlugin, ProviderError, type VideoProvider } from '@alcove/sdk';
import { Module } from '@nestjs/common';
import { crashFile } from '../../../src/kernel/lifecycle/crash-file.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import {
  kernelDatabase,
  OWNER,
  removeRoots,
  startKernel,
  TestLiveBus,
  type TestKernel,
  type TestKernelOptions,
} from './support.js';

let database: TestDatabase;
const servers: TestKernel[] = [];

beforeEach(async () => {
  database = await freshDatabase();
  await kernelDatabase(database);
});

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  await database.close();
});

afterAll(removeRoots);

async function start(options: TestKernelOptions): Promise<TestKernel> {
  const server = await startKernel(database, options);
  servers.push(server);
  return server;
}

const hello = async (server: TestKernel, at = '/p/healthy/hello') => (await fetch(server.url + at)).status;

describe('enabling and disabling', () => {
  it('starts nothing that nobody enabled', async () => {
    const server = await start({ plugins: ['healthy'], enabledByDefault: [] });
    expect(server.admin.one('healthy')).toMatchObject({ state: 'disabled', enabled: false, reason: null });
    expect(await hello(server)).toBe(503);
  });

  it('happens at run time, is written down and remembered', async () => {
    const server = await start({ plugins: ['healthy'], enabledByDefault: [] });
    await server.admin.enable(OWNER, 'healthy');
    expect(await hello(server)).toBe(200);
    await server.admin.disable(OWNER, 'healthy');
    expect(await hello(server)).toBe(503);
    await server.admin.enable(OWNER, 'healthy');
    expect(server.audit.entries.map((entry) => entry.action).filter((action) => action !== 'plugin.state')).toEqual([
      'plugin.enable',
      'plugin.disable',
      'plugin.enable',
    ]);
    const again = await start({ plugins: ['healthy'], enabledByDefault: [] });
    expect(await hello(again)).toBe(200);
  });

  it('is agreed between server processes', async () => {
    const live = new TestLiveBus();
    const one = await start({ plugins: ['healthy'], live });
    const two = await start({ plugins: ['healthy'], live });
    await one.admin.disable(OWNER, 'healthy');
    await until(() => two.admin.one('healthy').state === 'disabled');
    expect(await hello(two)).toBe(503);
    await two.admin.enable(OWNER, 'healthy');
    await until(() => one.admin.one('healthy').state === 'active');
    expect(await hello(one)).toBe(200);
  });

  it('does not get in its own way when two processes start at once', async () => {
    const both = await Promise.all([start({ plugins: ['stores'] }), start({ plugins: ['stores'] })]);
    expect(both.map((server) => server.admin.one('stores').state)).toEqual(['active', 'active']);
  });

  it('does nothing in safe mode but remembers the wish', async () => {
    const safe = await start({ plugins: ['healthy'], safeMode: true });
    expect(safe.admin.one('healthy')).toMatchObject({ state: 'disabled', reason: 'safe-mode', enabled: true });
    await safe.admin.enable(OWNER, 'healthy');
    expect(await hello(safe)).toBe(503);
    expect(await hello(await start({ plugins: ['healthy'] }))).toBe(200);
  });

  it('refuses what cannot be started, and unknown ids like forbidden ones', async () => {
    const server = await start({ plugins: ['wrong-sdk'] });
    await expect(server.admin.enable(OWNER, 'wrong-sdk')).rejects.toThrow('plugin.not-startable');
    await expect(server.admin.enable(OWNER, 'nobody')).rejects.toThrow('not-found');
    expect(await hello(server, '/p/nobody/x')).toBe(404);
  });

  it('forgets quarantine at a retry', async () => {
    const server = await start({ plugins: ['broken-di', 'healthy'] });
    expect(server.admin.one('broken-di').state).toBe('quarantined');
    const again = await start({ plugins: ['broken-di', 'healthy'] });
    expect(again.admin.one('broken-di')).toMatchObject({ state: 'quarantined', reason: 'module' });
    await again.admin.retry(OWNER, 'broken-di');
    expect(again.admin.one('broken-di')).toMatchObject({ state: 'quarantined', reason: 'module' });
    expect(again.audit.entries.map((entry) => entry.action)).toContain('plugin.retry');
  });
});

describe('strikes', () => {
  const settled = (server: TestKernel) =>
    until(() => server.admin.list().every(({ state }) => !['starting', 'retrying'].includes(state)));

  it('put a plugin out whose setup hangs three times', async () => {
    const server = await start({ plugins: ['hang-setup'], deadlines: { boot: 50, setup: 100 } });
    await settled(server);
    expect(server.admin.one('hang-setup')).toMatchObject({ state: 'quarantined', reason: 'strikes' });
  });

  it('come from starts that a process did not survive, and only from those', async () => {
    const mark = (bootId: string, pid: number) =>
      servers[0].dataSource.query('INSERT INTO kernel.plugin_start VALUES ($1, $2, $3, $4)', [
        bootId,
        'healthy',
        os.hostname(),
        pid,
      ]);
    await start({ plugins: ['healthy'] });
    const boot = (n: number) => `00000000-0000-7000-8000-00000000000${n}`;
    // A pid that nobody has (beyond the kernel's largest), three times; and one of a living process, which is no strike.
    for (const n of [1, 2]) await mark(boot(n), 4_194_305);
    await mark(boot(4), process.ppid);
    expect((await start({ plugins: ['healthy'] })).admin.one('healthy').state).toBe('active');
    await mark(boot(3), 4_194_305);
    const third = await start({ plugins: ['healthy'] });
    expect(third.admin.one('healthy')).toMatchObject({ state: 'quarantined', reason: 'strikes' });
    expect(await hello(third)).toBe(503);
  });

  it('are not needed when the watchdog named the plugin', async () => {
    const dataDir = mkdtempSync(path.join(os.tmpdir(), 'alcove-crash-'));
    mkdirSync(path.join(dataDir, 'plugins'));
    writeFileSync(crashFile(dataDir), JSON.stringify({ pluginId: 'healthy', at: 'now', blockedMs: 5_200, frames: [] }));
    const server = await start({ plugins: ['healthy'], dataDir });
    expect(server.admin.one('healthy')).toMatchObject({
      state: 'quarantined',
      reason: 'blocked',
      detail: 'blocked the server for 5 s',
    });
    await server.admin.retry(OWNER, 'healthy');
    expect(await hello(server)).toBe(200);
  });
});

describe('routes', () => {
  it("are opened by the core's principal and nothing else", async () => {
    const server = await start({ plugins: ['healthy'] });
    expect(await hello(server, '/p/healthy/staff')).toBe(303);
    const script = await fetch(`${server.url}/p/healthy/staff`, { headers: { accept: 'application/json' } });
    expect(script.status).toBe(401);
    server.signIn({ ...OWNER, permissions: new Set(['practice:read']) });
    expect(await hello(server, '/p/healthy/staff')).toBe(404);
    expect(server.audit.entries.at(-1)).toMatchObject({ action: 'route.refuse', outcome: 'refused' });
    server.signIn({ ...OWNER, permissions: new Set(['plugins:manage']) });
    expect(await hello(server, '/p/healthy/staff')).toBe(200);
  });

  it('hand faults and unknown paths to the core', async () => {
    const server = await start({ plugins: ['healthy'] });
    expect(await hello(server, '/p/healthy/fails')).toBe(500);
    expect(await hello(server, '/p/healthy/nowhere')).toBe(404);
    expect(server.admin.one('healthy').state).toBe('active');
  });
});

describe('settings', () => {
  it('are checked, stored, kept secret, and start the plugin anew', async () => {
    const server = await start({ plugins: ['asks-settings'] });
    expect(server.admin.one('asks-settings')).toMatchObject({ state: 'misconfigured', hasSettings: true });
    await expect(server.admin.saveSettings(OWNER, 'asks-settings', { host: 'NOT OK', limit: '99' })).resolves.toEqual({
      host: 'pattern',
      limit: 'number',
    });
    expect(server.admin.one('asks-settings').state).toBe('misconfigured');
    const typed = { host: 'turn.example', token: 'very secret', limit: '7', loud: 'true', strange: 'x' };
    await expect(server.admin.saveSettings(OWNER, 'asks-settings', typed)).resolves.toEqual({});
    expect(server.admin.one('asks-settings').state).toBe('active');
    const shown = await server.admin.settings('asks-settings');
    expect(Object.fromEntries(shown.map(({ definition, value }) => [definition.key, value]))).toEqual({
      host: 'turn.example',
      token: null,
      limit: '7',
      loud: 'true',
    });
    const rows = await server.dataSource.query<{ key: string; value: string | null }[]>(
      'SELECT key, value FROM kernel.plugin_setting ORDER BY key',
    );
    expect(rows.map((row) => [row.key, row.value])).toEqual([
      ['host', 'turn.example'],
      ['limit', '7'],
      ['loud', 'true'],
      ['token', null],
    ]);
    expect(JSON.stringify(server.audit.entries)).not.toContain('very secret');
  });

  it('are overridden by the environment', async () => {
    process.env.ALCOVE_PLUGIN_ASKS_HOST = 'env.example';
    try {
      const server = await start({ plugins: ['asks-settings'] });
      expect(server.admin.one('asks-settings').state).toBe('active');
      await server.admin.saveSettings(OWNER, 'asks-settings', { host: 'typed.example' });
      expect((await server.admin.settings('asks-settings'))[0]).toMatchObject({
        source: 'environment',
        value: 'env.example',
      });
    } finally {
      delete process.env.ALCOVE_PLUGIN_ASKS_HOST;
    }
  });
});

describe('where roles cannot be made', () => {
  it('plugins share the role of the server and say so', async () => {
    const name = `${database.name}_app`;
    const admin = await start({ plugins: ['healthy'] });
    await admin.dataSource.query(`CREATE ROLE ${name} LOGIN PASSWORD 'app' NOCREATEROLE`);
    await admin.dataSource.query(`GRANT CREATE ON DATABASE ${database.name} TO ${name}`);
    await admin.dataSource.query(`GRANT USAGE ON SCHEMA kernel TO ${name}`);
    await admin.dataSource.query(`GRANT ALL ON ALL TABLES IN SCHEMA kernel TO ${name}`);
    const server = await start({ plugins: ['stores'], user: { name, password: 'app' } });
    expect(server.admin.one('stores')).toMatchObject({ state: 'active', storage: 'shared-role' });
  });

  it('a plugin has the rows of its tables as the runtime user, and the owner runs its migrations', async () => {
    const [owner, app] = [`${database.name}_keeper`, `${database.name}_worker`];
    const admin = await start({ plugins: ['healthy'] });
    for (const name of [owner, app]) {
      await admin.dataSource.query(`CREATE ROLE ${name} LOGIN PASSWORD 'x'`);
      await admin.dataSource.query(`GRANT USAGE ON SCHEMA kernel TO ${name}`);
      await admin.dataSource.query(`GRANT ALL ON ALL TABLES IN SCHEMA kernel TO ${name}`);
    }
    await admin.dataSource.query(`GRANT CREATE ON DATABASE ${database.name} TO ${owner}`);
    await admin.dataSource.query('DROP SCHEMA IF EXISTS plugin_stores CASCADE');
    const users = { user: { name: app, password: 'x' }, owner: { name: owner, password: 'x' } };
    const server = await start({ plugins: ['stores'], ...users });
    expect(server.admin.one('stores')).toMatchObject({ state: 'active', storage: 'shared-role' });
    const held = async (right: string): Promise<number> => {
      const [{ n }] = (await admin.dataSource.query(
        `SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'plugin_stores' AND tablename <> 'migration'
            AND tableowner = $1 AND has_table_privilege($2, 'plugin_stores.' || quote_ident(tablename), $3)`,
        [owner, app, right],
      )) as [{ n: number }];
      return n;
    };
    expect(await held('INSERT')).toBeGreaterThan(0);
    expect(await held('TRUNCATE')).toBe(0);
  });

  it('but a role that may create roles without being superuser is enough for a wall', async () => {
    const name = `${database.name}_maker`;
    const admin = await start({ plugins: ['healthy'] });
    await admin.dataSource.query(`CREATE ROLE ${name} LOGIN PASSWORD 'maker' CREATEROLE`);
    await admin.dataSource.query(`GRANT CREATE ON DATABASE ${database.name} TO ${name}`);
    await admin.dataSource.query(`GRANT USAGE ON SCHEMA kernel TO ${name}`);
    await admin.dataSource.query(`GRANT ALL ON ALL TABLES IN SCHEMA kernel TO ${name}`);
    const server = await start({ plugins: ['stores'], user: { name, password: 'maker' } });
    expect(server.admin.one('stores')).toMatchObject({ state: 'active', storage: 'own-role' });
  });
});

describe('video@1', () => {
  class FakeVideo implements VideoProvider {
    readonly features = { maxParticipants: 2, screenShare: false, chat: false };
    static latest: FakeVideo;
    mode: 'ok' | 'hang' | 'reject' = 'ok';
    calls = 0;
    constructor() {
      FakeVideo.latest = this;
    }
    async openRoom(_: object, { room }: { room: string }) {
      this.calls += 1;
      if (this.mode === 'hang') return new Promise<never>(() => undefined);
      if (this.mode === 'reject') throw new ProviderError('rejected', 'full');
      return { room };
    }
    async admit() {
      return { room: 'r', token: 't', expiresAt: '2026-01-01T00:00:00Z' };
    }
    async closeRoom() {
      throw new TypeError('x is undefined');
    }
    async remove() {}
    embed() {
      return { module: 'room.js', config: {} };
    }
  }
  class FakeModule {}
  Module({ providers: [FakeVideo] })(FakeModule);
  const definition = definePlugin({ module: FakeModule, provides: { 'video@1': FakeVideo } });

  function videoRoot(): string {
    const root = mkdtempSync(path.join(os.tmpdir(), 'alcove-video-'));
    mkdirSync(path.join(root, 'video-fake'));
    writeFileSync(path.join(root, 'video-fake', 'index.js'), '');
    mkdirSync(path.join(root, 'video-fake', 'assets'));
    writeFileSync(path.join(root, 'video-fake', 'assets', 'room.js'), 'export const mount = () => undefined;');
    writeFileSync(
      path.join(root, 'video-fake', 'package.json'),
      JSON.stringify({
        version: '1.0.0',
        type: 'module',
        exports: './index.js',
        peerDependencies: { '@alcove/sdk': '*' },
        alcove: { id: 'video-fake', title: 'Fake', provides: ['video@1'] },
      }),
    );
    return root;
  }

  it('answers in time or says that it is unavailable, and rests after five failures', async () => {
    const server = await start({
      pluginRoots: [videoRoot()],
      enabledByDefault: ['video-fake'],
      importPlugin: async () => ({ default: definition }),
      deadlines: { video: 30 },
    });
    const context = { signal: new AbortController().signal, requestId: 'r' };
    const room = { room: 'r', capacity: 2, closesAt: '2026-01-01T00:00:00Z' };
    expect(server.admin.one('video-fake').state).toBe('active');
    const video = server.providers.video();
    await expect(video.openRoom(context, room)).resolves.toEqual({ room: 'r' });
    await expect(video.closeRoom(context, room)).rejects.toMatchObject({ kind: 'unavailable', retryable: false });
    const ticket = await video.admit(context, room, { participant: 'p', role: 'guest', displayName: 'Client' });
    expect(video.embed(ticket)).toEqual({
      module: expect.stringMatching(/^\/assets\/video-fake\/[\w-]{16}\/room\.js$/),
      config: {},
    });
    const fake = FakeVideo.latest;
    fake.mode = 'reject';
    for (let n = 0; n < 6; n++) await expect(video.openRoom(context, room)).rejects.toMatchObject({ kind: 'rejected' });
    fake.mode = 'hang';
    for (let n = 0; n < 5; n++)
      await expect(video.openRoom(context, room)).rejects.toMatchObject({ kind: 'unavailable' });
    const before = fake.calls;
    await expect(video.openRoom(context, room)).rejects.toThrow(/left alone/);
    expect(fake.calls).toBe(before);
    await until(() => server.admin.one('video-fake').state === 'degraded');
    expect(server.admin.one('video-fake')).toMatchObject({ state: 'degraded', reason: 'provider' });
    await server.admin.disable(OWNER, 'video-fake');
    expect(() => server.providers.video()).toThrow(ProviderError);
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries++) await new Promise((resolve) => setTimeout(resolve, 25));
  expect(condition()).toBe(true);
}
