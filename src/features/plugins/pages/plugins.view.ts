import type { Principal } from '../../../platform/access/principal.js';
import type { Contribution } from '../../../platform/ports/contributions.js';
import type {
  PluginSettingStatus,
  PluginState,
  PluginStatus,
  SettingFault,
} from '../../../platform/ports/plugin-admin.js';
import { trustedHtml } from '../../../platform/views/trusted-html.js';
import { adminTabs, type AdminTab } from '../../admin/public.js';

/** What was typed into the settings form and not taken. */
export interface TypedForm {
  readonly typed: Readonly<Record<string, string>>;
  readonly faults: Readonly<Record<string, SettingFault>>;
}

export interface Selected {
  readonly status: PluginStatus;
  readonly settings: readonly PluginSettingStatus[];
  readonly form: TypedForm | null;
}

const TONES: Partial<Record<PluginState, string>> = {
  active: 'well-on',
  degraded: 'attend',
  retrying: 'attend',
  'needs-auth': 'attend',
  misconfigured: 'attend',
  quarantined: 'attend',
  'awaiting-review': 'attend',
  unapproved: 'attend',
  modified: 'attend',
};
const RUNNABLE_AGAIN: ReadonlySet<PluginState> = new Set([
  'quarantined',
  'retrying',
  'needs-auth',
  'misconfigured',
  'degraded',
]);

/** The list, and beside it the plugin that was chosen. Texts are keys, `{ key, values }` where they carry values. */
export function pluginsView(who: Principal, plugins: readonly PluginStatus[], selected: Selected | null) {
  return {
    tabs: adminTabs(who, 'plugins'),
    installed: plugins.length,
    running: plugins.filter((plugin) => plugin.running).length,
    plugins: plugins.map((plugin) => row(plugin, plugin.id === selected?.status.id)),
    selected: selected && sheet(selected, plugins),
  };
}

function row(plugin: PluginStatus, current: boolean) {
  return { ...head(plugin), current, version: plugin.version, purpose: purposeOf(plugin) };
}

function head({ id, title, state, reason, running, manifest }: PluginStatus) {
  return {
    id,
    title,
    running,
    icon: manifest?.provides?.includes('video@1') ? 'video' : 'puzzle',
    state: `plugins:state.${state}`,
    tone: TONES[state] ?? '',
    reason: reason ? `plugins:reason.${reason}` : null,
  };
}

const purposeOf = ({ manifest }: PluginStatus): string =>
  manifest?.provides?.includes('video@1')
    ? 'plugins:purpose.video'
    : manifest?.ui
      ? 'plugins:purpose.pages'
      : 'plugins:purpose.other';

/** Everything about one plugin. */
function sheet({ status, settings, form }: Selected, all: readonly PluginStatus[]) {
  const { manifest } = status;
  const rivals = all.filter((other) => other.manifest?.provides?.includes('video@1')).length;
  return {
    ...head(status),
    version: status.version,
    details: status.detail?.split('\n') ?? [],
    grants: grantsOf(status),
    sharesRole: status.storage === 'shared-role',
    panels: status.panels.map((panel) => ({ href: `/admin/plugins/${status.id}/${panel.name}`, title: panel.title })),
    mayEnable: status.startable && !status.enabled,
    mayDisable: status.enabled && status.startable,
    mayRetry: status.startable && status.enabled && RUNNABLE_AGAIN.has(status.state),
    mayChoose: rivals > 1 && manifest?.provides?.includes('video@1') === true && !status.chosenFor.includes('video@1'),
    settings: settings.map((setting) => field(status.id, setting, form)),
    mayType: settings.some(({ source }) => source !== 'environment'),
    faults: Object.fromEntries(
      Object.entries(form?.faults ?? {}).map(([key, fault]) => [key, `plugins:fault.${fault}`]),
    ),
  };
}

/** What it asked for and gets, in the order of how much it matters. */
function grantsOf({ manifest, storage }: PluginStatus) {
  const line = (icon: string, kind: string, what: string, note: string | null = null) => ({
    icon,
    kind: `plugins:grant.${kind}`,
    what,
    note,
  });
  return [
    ...(manifest?.egress ?? []).map(({ host, data }) => line('world-share', 'sends', host, data.join(', '))),
    ...(manifest?.needs ?? []).map((need) => line('clock-edit', 'writes', `plugins:need.${need.replace(':', '-')}`)),
    ...(manifest?.provides ?? []).map((slot) =>
      line('plug-connected', 'provides', `plugins:slot.${slot.replace('@', '-')}`),
    ),
    ...(manifest?.stores?.length || storage !== 'none'
      ? [
          line(
            'database',
            'keeps',
            manifest?.stores?.join(', ') ?? 'plugins:grant.own-data',
            `plugins:storage.${storage}`,
          ),
        ]
      : []),
    ...(manifest?.sockets?.length ? [line('plug', 'listens', 'plugins:grant.sockets')] : []),
    ...(manifest?.ui?.panels?.length ? [line('layout-sidebar-right', 'adds', 'plugins:grant.panels')] : []),
    ...(manifest?.ui?.slots ?? []).map((place) =>
      line('layout-grid', 'adds', `plugins:place.${place.replace('.', '-')}`),
    ),
  ];
}

function field(pluginId: string, { definition, source, value }: PluginSettingStatus, form: TypedForm | null) {
  const { key, kind, options } = definition;
  return {
    name: key,
    kind,
    label: `${pluginId}:${definition.label}`,
    hint: definition.hint ? `${pluginId}:${definition.hint}` : null,
    value: kind === 'secret' ? null : (form?.typed[key] ?? value),
    fixed: source === 'environment',
    isSet: source !== 'none',
    required: definition.required === true && kind !== 'secret',
    variable: definition.env ?? null,
    on: (form?.typed[key] ?? value) === 'true',
    options: Object.entries(options ?? {}).map(([option, label]) => ({ value: option, label: `${pluginId}:${label}` })),
  };
}

/** A page that the plugin draws itself, inside ours. */
export function panelView(who: Principal, status: PluginStatus, name: string, drawn: Contribution) {
  const panel = status.panels.find((one) => one.name === name);
  return {
    tabs: adminTabs(who, 'plugins') as readonly AdminTab[],
    id: status.id,
    plugin: status.title,
    title: panel?.title ?? status.title,
    failed: drawn.failure !== undefined,
    late: drawn.failure === 'late',
    content: drawn.html === undefined ? null : trustedHtml(drawn.html),
  };
}
