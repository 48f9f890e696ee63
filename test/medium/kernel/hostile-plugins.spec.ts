import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { kernelDatabase, OWNER, removeRoots, startKernel, type TestKernel } from './support.js';

const HOSTILE = [
  'asks-settings',
  'bad-manifest',
  'broken-di',
  'broken-entity',
  'broken-migration',
  'deny-all-guard',
  'hang-render',
  'hang-setup',
  'healthy',
  'missing-dependency',
  'needs-time',
  'no-policy',
  'polluted-prototype',
  'raw-render',
  'says-otherwise',
  'stores',
  'throw-render',
  'wrong-sdk',
];

let database: TestDatabase;
let server: TestKernel;
let bootMs: number;

beforeAll(async () => {
  database = await freshDatabase();
  await kernelDatabase(database);
  const begin = performance.now();
  server = await startKernel(database, { plugins: HOSTILE, deadlines: { boot: 1_500, setup: 4_000 } });
  bootMs = performance.now() - begin;
  await until(() => server.admin.list().every(({ id, state }) => id === 'hang-setup' || state !== 'starting'));
});

afterAll(async () => {
  await server.close();
  await database.close();
  removeRoots();
});

const get = async (path: string) => {
  const answer = await fetch(server.url + path, { headers: { accept: 'application/json' } });
  return { status: answer.status, text: await answer.text() };
};
const status = (id: string) => server.admin.one(id);

describe('a server full of broken plugins', () => {
  it('is up in time and answers its own pages', async () => {
    expect(bootMs).toBeLessThan(6_000);
    expect(await get('/')).toEqual({ status: 200, text: 'core' });
  });

  it('runs the healthy ones', async () => {
    expect(status('healthy')).toMatchObject({ state: 'active', reason: null, storage: 'none' });
    expect(await get('/p/healthy/hello')).toEqual({ status: 200, text: '{"hello":"from the plugin"}' });
    expect(status('stores')).toMatchObject({ state: 'active', storage: 'own-role' });
  });

  it.each([
    ['broken-entity', 'quarantined', 'entities', /primary/i],
    ['broken-di', 'quarantined', 'module', /NeverProvided/],
    ['broken-migration', 'quarantined', 'migration', /division by zero/],
    ['missing-dependency', 'quarantined', 'import', /a-package-nobody-has-installed/],
    ['no-policy', 'quarantined', 'no-policy', /OpenController\.open/],
    ['polluted-prototype', 'quarantined', 'polluted', /Object\.prototype\.isAdmin/],
    ['says-otherwise', 'quarantined', 'definition', /ui\.panels: the manifest has "usage"/],
    ['wrong-sdk', 'incompatible', 'sdk-range', /needs SDK \^7\.0\.0, this server has 0\.1\.0/],
    ['bad-manifest', 'invalid', 'manifest', /alcove: unknown key "colour"/],
    ['asks-settings', 'misconfigured', 'misconfigured', /host is not set/],
  ] as const)('%s is %s because of %s, and its routes answer 503', async (id, state, reason, detail) => {
    expect(status(id)).toMatchObject({ state, reason, running: false });
    expect(status(id).detail).toMatch(detail);
    expect(await get(`/p/${id}/hello`)).toEqual({ status: 503, text: 'plugin.unavailable' });
  });

  it('names every fault of a manifest in a line of its own, with its path', () => {
    expect(status('bad-manifest').detail?.split('\n').sort()).toEqual([
      'alcove.provides[0]: must be one of "video@1"',
      'alcove.ui.panels[0]: use lower case letters, digits and hyphens, for example "usage"',
      'alcove: unknown key "colour"',
    ]);
  });

  it('leaves nothing of a failed migration', async () => {
    const rows = await server.dataSource.query<{ name: string }[]>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'plugin_broken_migration'`,
    );
    expect(rows).toEqual([]);
  });

  it('takes back what a plugin did to a prototype', () => {
    expect('isAdmin' in {}).toBe(false);
  });

  it('keeps a global guard inside the plugin that made it', async () => {
    expect(status('deny-all-guard').state).toBe('active');
    expect((await get('/p/deny-all-guard/hello')).status).toBe(403);
    expect((await get('/p/healthy/hello')).status).toBe(200);
    expect((await get('/')).status).toBe(200);
  });

  it('goes on without a plugin whose setup hangs, and tries it again later', async () => {
    expect(['starting', 'retrying']).toContain(status('hang-setup').state);
    expect((await get('/p/hang-setup/x')).status).toBe(503);
  });

  it('tries a plugin that is not ready again until it is', async () => {
    await until(() => status('needs-time').state === 'active');
    expect(status('needs-time')).toMatchObject({ state: 'active', reason: null });
  });

  it('turns a throwing, a hanging and a hand-made card into failures and shows the rest', async () => {
    const begin = performance.now();
    const parts = await server.contributions.collect('admin.dashboard', OWNER, {});
    expect(performance.now() - begin).toBeLessThan(1_000);
    expect(parts).toEqual([
      { pluginId: 'hang-render', failure: 'late' },
      { pluginId: 'healthy', html: '<p>Hello &lt;b&gt;bold&lt;/b&gt;</p>\n' },
      { pluginId: 'raw-render', failure: 'failed' },
      { pluginId: 'throw-render', failure: 'failed' },
    ]);
  });

  it('does the same for panels', async () => {
    const viewer = { locale: 'en', timeZone: 'UTC' };
    await expect(server.admin.panel('throw-render', 'bad', viewer)).resolves.toMatchObject({ failure: 'failed' });
    await expect(server.admin.panel('hang-render', 'slow', viewer)).resolves.toMatchObject({ failure: 'late' });
    await expect(server.admin.panel('healthy', 'about', viewer)).resolves.toMatchObject({
      html: '<p>Hello panel</p>\n',
    });
    await expect(server.admin.panel('healthy', 'nothing', viewer)).rejects.toThrow('not-found');
    await expect(server.admin.panel('healthy', 'constructor', viewer)).rejects.toThrow('not-found');
    await expect(server.admin.panel('nobody', 'about', viewer)).rejects.toThrow('not-found');
  });

  it("gives a plugin its own tables and nobody else's", async () => {
    const viewer = { locale: 'en', timeZone: 'UTC' };
    await expect(server.admin.panel('stores', 'things', viewer)).resolves.toMatchObject({ html: '<p>1</p>\n' });
    await expect(server.admin.panel('stores', 'greedy', viewer)).resolves.toMatchObject({ failure: 'failed' });
    const [{ owner }] = await server.dataSource.query<[{ owner: string }]>(
      `SELECT tableowner AS owner FROM pg_tables WHERE schemaname = 'plugin_stores' AND tablename = 'thing'`,
    );
    expect(owner).toBe(`${database.name}_plugin_stores`);
  });

  it('writes down what happened, with no state missing', () => {
    const states = server.audit.entries.filter((entry) => entry.action === 'plugin.state');
    expect(states.find((entry) => entry.object === 'plugin:broken-di')?.facts).toMatchObject({
      state: 'quarantined',
      reason: 'module',
    });
    expect(states.find((entry) => entry.object === 'plugin:healthy')?.facts).toMatchObject({ state: 'active' });
  });

  it('reports the ill ones in the health of the server without being unready for it', async () => {
    const parts = await server.health.report();
    expect(parts.find((part) => part.name === 'plugins')).toMatchObject({ ok: false, required: false });
    expect(parts.find((part) => part.name === 'critical-plugins')).toMatchObject({ ok: true });
  });
});

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries++) await new Promise((resolve) => setTimeout(resolve, 25));
}
