import { describe, expect, it } from '@jest/globals';
import type { Principal } from '../../../platform/access/principal.js';
import type { ApiKey, Program } from '../../access/public.js';
import { ticked } from './programs.forms.js';
import { programsView, programView } from './programs.view.js';

const at = (day: number): Date => new Date(Date.UTC(2026, 2, day));
const who = (...permissions: string[]): Principal => ({
  kind: 'user',
  id: 'a',
  permissions: new Set(['keys:manage', ...permissions]),
});
const key = (facts: Partial<ApiKey>): ApiKey => ({
  id: 'k',
  prefix: 'abcdefghij',
  scopes: ['health:read'],
  state: 'living',
  createdAt: at(1),
  createdBy: 'Harriet',
  creatorActive: true,
  expiresAt: at(30),
  endsSoon: false,
  lastUsedAt: null,
  lastUsedIp: null,
  revokedAt: null,
  ...facts,
});
const program = (facts: Partial<Program>): Program => ({
  id: 'p',
  name: 'Monitor',
  about: '',
  state: 'active',
  createdAt: at(1),
  createdBy: 'Harriet',
  endedAt: null,
  keys: [],
  ...facts,
});
const NOTHING = { values: {}, errors: {} };

describe('the list of programs', () => {
  it('warns only when no key lives on', () => {
    const soon = key({ endsSoon: true });
    const lines = programsView(
      who(),
      [
        program({ id: 'one', keys: [soon] }),
        program({ id: 'two', keys: [soon, key({})] }),
        program({ id: 'three', keys: [key({ state: 'revoked', lastUsedAt: at(4) }), key({ lastUsedAt: at(5) })] }),
        program({ id: 'four', state: 'ended', endedAt: at(9) }),
      ],
      NOTHING,
    );
    expect(lines.active.map(({ id, living, endsSoon, lastUsedAt }) => [id, living, endsSoon, lastUsedAt])).toEqual([
      ['one', 1, true, null],
      ['two', 2, false, null],
      ['three', 1, false, at(5).toISOString()],
    ]);
    expect(lines.ended.map(({ id }) => id)).toEqual(['four']);
  });
});

describe('the page of a program', () => {
  it('offers only scopes that its reader holds', () => {
    const view = programView(who('health:read', 'chart:read'), program({}), { ...NOTHING, scopes: [], done: null });
    expect(view.scopes.map(({ scope }) => scope)).toEqual(['health:read']);
  });

  it('says how each key is', () => {
    const keys = [key({ endsSoon: true }), key({ state: 'expired' }), key({ state: 'revoked', creatorActive: false })];
    const view = programView(who(), program({ keys }), { ...NOTHING, scopes: [], done: 'revoked' });
    expect(view.keys.map(({ prefix, state, living, creatorGone }) => [prefix, state, living, creatorGone])).toEqual([
      ['alc_abcdefghij', 'admin:programs.state.soon', true, false],
      ['alc_abcdefghij', 'admin:programs.state.expired', false, false],
      ['alc_abcdefghij', 'admin:programs.state.revoked', false, true],
    ]);
    expect(view.keys[0]?.revoke).toBe('/admin/programs/p/keys/k/revoke');
    expect(view.done).toBe('admin:programs.done.revoked');
  });
});

it('reads ticked boxes and nothing that only looks like them', () => {
  expect(ticked({ scopes: 'a' }, 'scopes')).toEqual(['a']);
  expect(ticked({ scopes: ['a', { b: 1 }, 'c'] }, 'scopes')).toEqual(['a', 'c']);
  expect(ticked({ scopes: { a: 1 } }, 'scopes')).toEqual([]);
  expect(ticked(Object.create({ scopes: 'a' }), 'scopes')).toEqual([]);
  expect(ticked(undefined, 'scopes')).toEqual([]);
});
