/** What a page handler returns; the page interceptor renders it inside its layout. */
export class Page {
  constructor(
    /** Template, e.g. `scheduling/today` = `src/features/scheduling/pages/today.hbs`. */
    readonly template: string,
    /** Plain view model, made by a pure function. */
    readonly model: object,
    readonly options: PageOptions,
  ) {}
}

export interface PageOptions {
  /** `staff` (rail and top bar), `portal`, `door` (no sign-in, no menu), `entry` (sign-in, first run), `stage` (the room), `fragment` (no frame). */
  readonly layout: 'staff' | 'portal' | 'door' | 'entry' | 'stage' | 'fragment';
  /** i18n key of the document title, with its values. */
  readonly title?: string;
  readonly titleValues?: Readonly<Record<string, string | number>>;
  readonly status?: number;
  /** ES modules of the page, relative to the web assets, e.g. `encounters/room.js`. */
  readonly scripts?: readonly string[];
  /** Event stream of this page (`data-live` on the body); staff pages have `/live` by themselves, doors name their own. */
  readonly live?: string;
  /** Nav entry to mark, e.g. `today`. */
  readonly current?: string;
  /** Page slots to fill before rendering, e.g. `['admin.dashboard']`, and the references contributors may use. */
  readonly slots?: readonly string[];
  readonly slotContext?: Readonly<Record<string, string>>;
}

export const page = (template: string, model: object, options: PageOptions): Page => new Page(template, model, options);
