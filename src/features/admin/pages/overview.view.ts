import { can, type Principal } from '../../../platform/access/principal.js';
import type { HealthPart } from '../../../platform/health/health.js';
import type { Practice } from '../../practice/public.js';
import { adminTabs, type AdminTab } from '../admin-tabs.js';

export interface OverviewView {
  readonly tabs: readonly AdminTab[];
  readonly practiceName: string | null;
  readonly links: readonly {
    readonly href: string;
    readonly title: string;
    readonly text: string;
    readonly icon: string;
  }[];
  /** Parts that are not well; null for who may not see the health of the server. */
  readonly troubles: number | null;
  readonly kitMissing: boolean;
  readonly kitDone: boolean;
}

const ICONS: Readonly<Record<string, string>> = {
  practice: 'building',
  people: 'users',
  programs: 'key',
  plugins: 'plug',
  security: 'shield-lock',
  audit: 'list-search',
  health: 'heartbeat',
};

export function overviewView(
  who: Principal,
  facts: {
    practice: Practice | undefined;
    parts: readonly HealthPart[];
    kitConfirmedAt: Date | undefined;
    done: unknown;
  },
): OverviewView {
  const tabs = adminTabs(who, 'overview');
  return {
    tabs,
    practiceName: facts.practice?.name ?? null,
    links: tabs
      .filter((tab) => tab.id !== 'overview')
      .map((tab) => ({
        href: tab.href,
        title: tab.label,
        text: `admin:overview.${tab.id}`,
        icon: ICONS[tab.id] ?? 'settings',
      })),
    troubles: can(who, 'health:read') ? facts.parts.filter((part) => !part.ok).length : null,
    // Only who can do something about it is told.
    kitMissing: can(who, 'practice:manage') && facts.kitConfirmedAt === undefined,
    kitDone: facts.done === 'kit' && facts.kitConfirmedAt !== undefined,
  };
}
