import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import { PluginsController } from '../../../src/features/plugins/pages/plugins.controller.js';
import type { Principal } from '../../../src/platform/access/principal.js';
import { createAssets } from '../../../src/platform/assets/assets.module.js';
import { SeeOther } from '../../../src/platform/http/session-redirect.js';
import { I18n } from '../../../src/platform/i18n/i18n.js';
import { IconSet } from '../../../src/platform/views/icon-set.js';
import { bareContext } from '../../../src/platform/views/page-context.js';
import type { Page } from '../../../src/platform/views/page.js';
import { compiledSources, compilingEnvironment } from '../../../src/platform/views/compiled-sources.js';
import { coreTemplateFiles } from '../../../src/platform/views/template-files.js';
import { TemplateSet } from '../../../src/platform/views/template-set.js';
import { renderData } from '../../../src/platform/views/views.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { kernelDatabase, OWNER, removeRoots, startKernel, type TestKernel } from './support.js';

const PLUGINS = ['asks-settings', 'bad-manifest', 'broken-di', 'hang-render', 'healthy', 'stores', 'throw-render'];
const who: Principal = { ...OWNER, permissions: new Set(['plugins:manage']) };

let database: TestDatabase;
let server: TestKernel;
let pages: PluginsController;
let views: TemplateSet;

beforeAll(async () => {
  database = await freshDatabase();
  await kernelDatabase(database);
  server = await startKernel(database, { plugins: PLUGINS, deadlines: { panel: 200 } });
  const assets = await createAssets();
  pages = new PluginsController(server.admin);
  const files = coreTemplateFiles('src').filter(({ id }) => /^(plugins\/|admin\/|[^/]+$)/.test(id));
  views = new TemplateSet(compilingEnvironment(), compiledSources(files), {
    i18n: server.get(I18n),
    icons: server.get(IconSet),
    asset: (name) => assets.url(name),
  });
});

afterAll(async () => {
  await server.close();
  await database.close();
  removeRoots();
});

const facts = {
  nonce: 'n',
  path: '/admin/plugins',
  requestId: 'r',
  locale: 'en',
  now: new Date('2026-11-17T17:00:00Z'),
};
const html = (page: Page) =>
  views.render(page.template, page.model, renderData({ ...bareContext(facts), csrfToken: 'csrf-token' }));
const show = async (id: string) => html(await pages.show(who, id));
const panel = async (id: string, name: string) => html(await pages.panel(who, id, name, {} as Request));
const after = (act: Promise<unknown>) =>
  act.catch((error: unknown) => (error instanceof SeeOther ? error.location : Promise.reject(error)));

describe('the page of plugins', () => {
  it('names each with its state and reason', () => {
    const list = html(pages.list(who));
    for (const text of [
      '7 installed, 4 running.',
      'Needs settings',
      'It needs a setting before it can start.',
      'Not usable',
      'Stopped',
      'Active',
    ])
      expect(list).toContain(text);
  });

  it.each(PLUGINS)('shows %s', async (id) => {
    expect(await show(id)).toContain('<h2 id="plugin-sheet">');
  });

  it('shows each fault of a manifest in a line, and offers nothing that cannot work', async () => {
    const sheet = await show('bad-manifest');
    expect(sheet).toContain('<code>alcove: unknown key &quot;colour&quot;</code>');
    expect(sheet).not.toContain('/bad-manifest/enable');
  });

  it('switches off and on with plain forms', async () => {
    expect(await show('healthy')).toMatch(
      /action="\/admin\/plugins\/healthy\/disable"><input type="hidden" name="_csrf" value="csrf-token">/,
    );
    await expect(after(pages.disable(who, 'healthy'))).resolves.toBe('/admin/plugins/healthy');
    expect(await show('healthy')).toContain('action="/admin/plugins/healthy/enable"');
    await after(pages.enable(who, 'healthy'));
    expect(server.admin.one('healthy').state).toBe('active');
  });

  it('tries a broken one again when told to', async () => {
    await after(pages.retry(who, 'broken-di'));
    expect(await show('broken-di')).toContain('action="/admin/plugins/broken-di/retry"');
  });

  it('answers unknown plugins and panels with not-found', async () => {
    await expect(pages.show(who, 'nobody')).rejects.toThrow('not-found');
    await expect(pages.panel(who, 'healthy', 'nothing', {} as Request)).rejects.toThrow('not-found');
    await expect(pages.enable(who, 'bad-manifest')).rejects.toThrow('plugin.not-startable');
  });
});

describe('panels', () => {
  it('are drawn by the plugin inside our page', async () => {
    expect(await panel('healthy', 'about')).toMatch(
      /<h1>About<\/h1>[^]*<section class="plugin-panel" data-plugin="healthy"><p>Hello panel<\/p>/,
    );
  });

  it('that throw or hang become a quiet card', async () => {
    expect(await panel('throw-render', 'bad')).toContain('could not draw this page');
    expect(await panel('hang-render', 'slow')).toContain('did not answer in time');
  });
});

describe('settings', () => {
  it('come back with what was typed and what is wrong', async () => {
    const page = await pages.save(who, 'asks-settings', { host: 'NOT OK', limit: '3', token: 'secret!', list: ['x'] });
    expect(page.options.status).toBe(422);
    const form = html(page);
    expect(form).toContain('value="NOT OK"');
    expect(form).toContain('This is not written the way the plugin expects it');
    expect(form).not.toContain('secret!');
  });

  it('start the plugin when they are right', async () => {
    await after(pages.save(who, 'asks-settings', { host: 'turn.example', limit: '3', loud: 'true' }));
    expect(server.admin.one('asks-settings').state).toBe('active');
    expect(await show('asks-settings')).toContain('value="turn.example"');
  });
});
