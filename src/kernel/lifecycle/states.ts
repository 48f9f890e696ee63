import type { PluginReason, PluginState } from '../../platform/ports/plugin-admin.js';

export type { PluginReason, PluginState };

/** States a plugin cannot leave without a change of its files. */
export const STATIC_STATES: ReadonlySet<PluginState> = new Set([
  'invalid',
  'incompatible',
  'duplicate-sdk',
  'unapproved',
  'modified',
  'awaiting-review',
]);

const RUNNABLE: readonly PluginState[] = ['starting', 'disabled', 'quarantined'];
const TRANSITIONS: Readonly<Record<PluginState, readonly PluginState[]>> = {
  found: [...STATIC_STATES, 'disabled', 'starting', 'quarantined'],
  invalid: [],
  incompatible: [],
  'duplicate-sdk': [],
  unapproved: [],
  modified: [],
  'awaiting-review': ['disabled'],
  disabled: ['starting', 'quarantined'],
  starting: ['active', 'retrying', 'needs-auth', 'misconfigured', 'quarantined', 'disabled'],
  active: ['degraded', 'retrying', 'needs-auth', 'misconfigured', ...RUNNABLE],
  degraded: ['active', 'retrying', 'needs-auth', 'misconfigured', ...RUNNABLE],
  retrying: RUNNABLE,
  'needs-auth': ['active', 'degraded', 'misconfigured', ...RUNNABLE],
  misconfigured: ['active', 'degraded', 'needs-auth', ...RUNNABLE],
  quarantined: ['starting', 'disabled'],
};

/** Whether a plugin may go from one state to the other. Staying is always allowed: the reason may have changed. */
export const mayGo = (from: PluginState, to: PluginState): boolean => from === to || TRANSITIONS[from].includes(to);

/** Why a start came to nothing: the state it leads to, a code for people and one line for the operator. */
export class StartFailure extends Error {
  constructor(
    readonly state: PluginState,
    readonly reason: PluginReason,
    detail: string,
    options?: ErrorOptions,
  ) {
    super(detail, options);
    this.name = 'StartFailure';
  }
}
