import type { Principal } from '../../../platform/access/principal.js';
import type { HealthPart } from '../../../platform/health/health.js';
import { adminTabs, type AdminTab } from '../admin-tabs.js';

export interface HealthView {
  readonly tabs: readonly AdminTab[];
  readonly parts: readonly {
    readonly name: string;
    readonly detail: string;
    readonly state: 'well' | 'look' | 'down';
  }[];
  readonly well: boolean;
  readonly troubles: number;
}

/** Parts that need a look come first; a part the server cannot do without is `down`, any other `look`. */
export function healthView(who: Principal, report: readonly HealthPart[]): HealthView {
  const parts = report.map((part) => {
    const state: 'well' | 'look' | 'down' = part.ok ? 'well' : part.required ? 'down' : 'look';
    return { name: part.name, detail: part.detail, state };
  });
  const rank = { down: 0, look: 1, well: 2 };
  const troubles = parts.filter((part) => part.state !== 'well').length;
  return {
    tabs: adminTabs(who, 'health'),
    parts: parts.sort((a, b) => rank[a.state] - rank[b.state] || a.name.localeCompare(b.name)),
    well: troubles === 0,
    troubles,
  };
}
