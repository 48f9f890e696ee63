import type { Assets } from '../../assets/assets.js';
import type { I18n } from '../../i18n/i18n.js';
import type { Contribution } from '../../ports/contributions.js';
import type { IconSet } from '../icon-set.js';

/** What helpers may use besides their arguments. */
export interface HelperTools {
  readonly i18n: I18n;
  readonly icons: IconSet;
  readonly asset: Assets['url'];
  /** Renders a shared partial, for helpers that draw more than a word. */
  readonly partial: (id: string, model: object, data: RenderData) => string;
}

/** Facts of this render, behind every template and partial. Templates reach them as `@csrfToken`, `@nonce`, `@path` and so on. */
export interface RenderData {
  readonly locale: string;
  readonly timeZone: string;
  readonly csrfToken: string;
  readonly nonce: string;
  readonly path: string;
  readonly requestId: string;
  readonly practiceName: string;
  readonly contributions: Readonly<Record<string, readonly Contribution[]>>;
}

export interface HelperOptions {
  readonly hash: Readonly<Record<string, unknown>>;
  readonly data: RenderData;
}

/** A helper gets its arguments and, last, the options. It returns text (escaped by Handlebars), a value for another helper, or trusted HTML. */
export type Helper = (...args: never[]) => unknown;
export type HelperFactory = (tools: HelperTools) => Helper;

/** Fails with the name of the helper when an argument is not a text: an undefined variable must not become an empty page. */
export function text(helper: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new TypeError(`{{${helper}}} needs a text and got ${value === null ? 'null' : typeof value}`);
}
