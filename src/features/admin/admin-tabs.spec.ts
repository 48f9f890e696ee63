import { expect, it } from '@jest/globals';
import type { Principal } from '../../platform/access/principal.js';
import { adminTabs } from './admin-tabs.js';

const who = (...permissions: string[]): Principal => ({ kind: 'user', id: 'a', permissions: new Set(permissions) });

it('shows the tabs somebody may open, and marks the one that is open', () => {
  expect(adminTabs(who('plugins:manage', 'health:read'), 'health').map((tab) => [tab.id, tab.current])).toEqual([
    ['overview', false],
    ['plugins', false],
    ['health', true],
  ]);
  expect(adminTabs(who('staff:read'), 'people').map((tab) => tab.id)).toEqual(['overview', 'people']);
});
