import { expect, it } from '@jest/globals';
import type { Principal } from '../../../platform/access/principal.js';
import { PLUGIN_REASONS, PLUGIN_STATES, type PluginStatus } from '../../../platform/ports/plugin-admin.js';
import { createI18n } from '../../../platform/i18n/i18n.module.js';
import { panelView, pluginsView } from './plugins.view.js';

const who: Principal = { kind: 'user', id: 'a', permissions: new Set(['plugins:manage']) };
const video: PluginStatus = {
  id: 'video-direct',
  title: 'Direct video',
  version: '0.1.0',
  state: 'active',
  reason: null,
  detail: null,
  enabled: true,
  startable: true,
  running: true,
  manifest: {
    id: 'video-direct',
    title: 'Direct video',
    provides: ['video@1'],
    needs: ['encounters:presence'],
    stores: ['session-metadata'],
  },
  chosenFor: [],
  storage: 'own-role',
  panels: [],
  hasSettings: true,
};
const sheetOf = (status: PluginStatus, all = [status]) =>
  pluginsView(who, all, { status, settings: [], form: null }).selected;

it('has words for every state and reason', () => {
  const i18n = createI18n();
  for (const state of PLUGIN_STATES) expect(i18n.has('en', `plugins:state.${state}`)).toBe(true);
  for (const reason of PLUGIN_REASONS) expect(i18n.has('en', `plugins:reason.${reason}`)).toBe(true);
});

it('offers what makes sense in each state', () => {
  const acts = (status: Partial<PluginStatus>) => {
    const { mayEnable, mayDisable, mayRetry } = sheetOf({ ...video, ...status }) ?? {};
    return { mayEnable, mayDisable, mayRetry };
  };
  expect(acts({})).toEqual({ mayEnable: false, mayDisable: true, mayRetry: false });
  expect(acts({ state: 'disabled', enabled: false })).toEqual({ mayEnable: true, mayDisable: false, mayRetry: false });
  expect(acts({ state: 'quarantined' })).toEqual({ mayEnable: false, mayDisable: true, mayRetry: true });
  expect(acts({ state: 'incompatible', startable: false })).toEqual({
    mayEnable: false,
    mayDisable: false,
    mayRetry: false,
  });
});

it('lets one choose between two video plugins only', () => {
  expect(sheetOf(video)?.mayChoose).toBe(false);
  const other = { ...video, id: 'video-other' };
  expect(sheetOf(video, [video, other])?.mayChoose).toBe(true);
  expect(sheetOf({ ...video, chosenFor: ['video@1'] }, [video, other])?.mayChoose).toBe(false);
});

it('never shows a secret, and keeps what was typed', () => {
  const form = { typed: { host: 'typed', token: 'secret!' }, faults: { host: 'pattern' as const } };
  const settings = [
    { definition: { key: 'host', kind: 'text' as const, label: 'host' }, source: 'saved' as const, value: 'old' },
    { definition: { key: 'token', kind: 'secret' as const, label: 'token' }, source: 'saved' as const, value: null },
  ];
  const view = pluginsView(who, [video], { status: video, settings, form });
  expect(view.selected?.settings.map((field) => field.value)).toEqual(['typed', null]);
  expect(view.selected?.faults).toEqual({ host: 'plugins:fault.pattern' });
  expect(JSON.stringify(view)).not.toContain('secret!');
});

it('turns a failed panel into a card that says so', () => {
  expect(panelView(who, video, 'x', { pluginId: video.id, failure: 'late' })).toMatchObject({
    failed: true,
    late: true,
    content: null,
  });
});
