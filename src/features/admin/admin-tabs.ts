import { can, type Principal } from '../../platform/access/principal.js';

export interface AdminTab {
  readonly id: string;
  readonly href: string;
  /** i18n key. */
  readonly label: string;
  readonly current: boolean;
}

const TABS = [
  { id: 'overview', href: '/admin', anyOf: [] },
  { id: 'practice', href: '/admin/practice', anyOf: ['practice:read'] },
  { id: 'people', href: '/admin/people', anyOf: ['staff:read'] },
  { id: 'programs', href: '/admin/programs', anyOf: ['keys:manage'] },
  { id: 'plugins', href: '/admin/plugins', anyOf: ['plugins:manage'] },
  { id: 'security', href: '/admin/security', anyOf: ['security:read'] },
  { id: 'audit', href: '/admin/audit', anyOf: ['audit:read', 'audit:review'] },
  { id: 'health', href: '/admin/health', anyOf: ['health:read'] },
] as const;
export type AdminTabId = (typeof TABS)[number]['id'];

/** Any of these opens the overview; each page behind it asks for its own. */
export const ADMIN_PERMISSIONS = [
  'practice:read',
  'staff:read',
  'keys:manage',
  'plugins:manage',
  'security:read',
  'audit:read',
  'health:read',
] as const;

/** The tabs of the admin pages that this person may open. Pages show them with `{{> admin/tabs tabs=tabs}}`. */
export const adminTabs = (who: Principal, current: AdminTabId): AdminTab[] =>
  TABS.filter((tab) => tab.anyOf.length === 0 || tab.anyOf.some((key) => can(who, key))).map((tab) => ({
    id: tab.id,
    href: tab.href,
    label: `admin:tab.${tab.id}`,
    current: tab.id === current,
  }));
