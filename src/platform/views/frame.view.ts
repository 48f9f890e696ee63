import { formatTime } from '../i18n/format-time.js';
import type { I18n } from '../i18n/i18n.js';
import type { NavItem } from './frame.js';
import { initialsOf } from './helpers/initials.js';
import type { PageContext } from './page-context.js';
import type { PageOptions } from './page.js';

export interface FrameLink {
  readonly label: string;
  readonly href: string;
  readonly icon: string;
  readonly current: boolean;
}

/** What layouts show around a page. */
export interface FrameModel {
  /** Settings of htmx, read from a meta tag. */
  readonly htmx: typeof HTMX;
  readonly lang: string;
  readonly theme: string | null;
  /** Document title: page, then practice or product. */
  readonly title: string;
  /** Name beside the mark. */
  readonly name: string;
  readonly home: string;
  readonly layout: string;
  readonly bodyClass: string;
  readonly scripts: readonly string[];
  /** Event stream of this page; null where there is none. */
  readonly live: string | null;
  readonly nav: readonly FrameLink[];
  /** The same split for a phone: the first four stay in the bar, the rest goes behind "More". */
  readonly bar: readonly FrameLink[];
  readonly more: readonly FrameLink[];
  readonly moreCurrent: boolean;
  readonly search: boolean;
  readonly account: { readonly name: string; readonly initials: string } | null;
  readonly clock: { readonly iso: string; readonly time: string; readonly zone: string; readonly zoneId: string };
}

interface Tools {
  readonly i18n: Pick<I18n, 't'>;
  readonly asset: (name: string) => string;
}

/**
 * htmx may not evaluate text (the CSP forbids it), asks this origin only, and leaves a fragment alone when its refresh fails: an
 * error page inside the waiting pill would help nobody. Answers with 409 and 422 are forms to look at and are shown.
 */
const HTMX = {
  mode: 'same-origin',
  includeIndicatorCSS: false,
  defaultTimeout: 15_000,
  noSwap: [204, 304, 401, 403, 404, 413, 429, '5xx'],
} as const;

const PHONE_BAR = 4;
const PRODUCT = 'Alcove';

/** Pure: the frame of one page from its options and the request's context. */
export function frameModel(options: PageOptions, context: PageContext, { i18n, asset }: Tools): FrameModel {
  const { principal, locale, now, timeZone } = context;
  const nav = context.nav.map((item) => linkOf(item, options.current, (key) => i18n.t(locale, key)));
  const whole = nav.length <= PHONE_BAR + 1;
  const more = whole ? [] : nav.slice(PHONE_BAR);
  const name = principal?.displayName ?? '';
  const side = context.practiceName || PRODUCT;
  const title = options.title === undefined ? '' : i18n.t(locale, options.title, options.titleValues);
  return {
    htmx: HTMX,
    lang: locale,
    theme: context.theme === 'system' ? null : context.theme,
    title: title ? `${title} · ${options.layout === 'staff' ? PRODUCT : side}` : side,
    name: side,
    home: nav[0]?.href ?? '/',
    layout: options.layout,
    bodyClass: bodyClass(options.layout, nav.length > 0),
    scripts: (options.scripts ?? []).map((script) => asset(script)),
    live: options.live ?? (options.layout === 'staff' && principal ? '/live' : null),
    nav,
    bar: whole ? nav : nav.slice(0, PHONE_BAR),
    more,
    moreCurrent: more.some(({ current }) => current),
    search: principal?.permissions.has('clients:read') ?? false,
    account: principal ? { name, initials: initialsOf(name) } : null,
    clock: {
      iso: now.toISOString(),
      time: formatTime(now, timeZone, 'time', locale),
      zone: formatTime(now, timeZone, 'zone', locale),
      zoneId: timeZone,
    },
  };
}

const linkOf = (item: NavItem, current: string | undefined, word: (key: string) => string): FrameLink => ({
  label: word(item.label),
  href: item.href,
  icon: item.icon,
  current: item.id === current,
});

function bodyClass(layout: PageOptions['layout'], hasNav: boolean): string {
  if (layout === 'portal') return hasNav ? 'portal has-nav' : 'portal';
  return layout === 'door' || layout === 'entry' ? 'portal' : '';
}
