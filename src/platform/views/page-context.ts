import type { Principal } from '../access/principal.js';
import type { Contribution } from '../ports/contributions.js';
import type { FramePart, NavItem } from './frame.js';

/** Everything a page shows that is not its own: made per request by the page interceptor, before the synchronous render. */
export interface PageContext {
  /** CSP nonce of this response. */
  readonly nonce: string;
  /** Empty where no form is posted. */
  readonly csrfToken: string;
  /** Path of this request, without query. */
  readonly path: string;
  readonly requestId: string;
  /** One of `I18n.locales`. */
  readonly locale: string;
  /** IANA zone in which times are shown unless a template names another one. */
  readonly timeZone: string;
  readonly principal?: Principal;
  readonly nav: readonly NavItem[];
  readonly topbar: readonly FramePart[];
  /** Notices above the content. */
  readonly banners: readonly FramePart[];
  /** Place to what plugins drew for it. */
  readonly contributions: Readonly<Record<string, readonly Contribution[]>>;
  readonly now: Date;
  readonly baseUrl: string;
  /** Shown at doors and in the portal; empty before the first run. */
  readonly practiceName: string;
  /** `system` follows the reader's device. */
  readonly theme: 'system' | 'light' | 'dark';
}

/**
 * A context that needs nothing but the request: for error pages while the database is away.
 */
export const bareContext = (
  facts: Pick<PageContext, 'nonce' | 'path' | 'requestId' | 'locale' | 'now'>,
): PageContext => ({
  csrfToken: '',
  timeZone: 'UTC',
  nav: [],
  topbar: [],
  banners: [],
  contributions: {},
  baseUrl: '',
  practiceName: '',
  theme: 'system',
  ...facts,
});
