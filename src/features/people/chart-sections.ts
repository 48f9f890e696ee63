import { Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/access/principal.js';
import type { CareGround } from './care-access.js';

/** One line of a section. Texts may be i18n keys or finished. */
export interface ChartRow {
  /** Where the line leads; null for a line that only tells. */
  readonly href: string | null;
  /** ISO instant shown as day and time in `zone`; null leaves it out. */
  readonly at: string | null;
  /** IANA zone of `at`. */
  readonly zone: string;
  readonly text: string;
  readonly chip: { readonly tone: string; readonly text: string } | null;
}

/** What a section shows: plain data, so that every section looks like the others. */
export interface ChartSectionView {
  /** i18n key. */
  readonly title: string;
  readonly rows: readonly ChartRow[];
  /** i18n key of the sentence shown when there are no rows. */
  readonly empty: string;
  /** The one action of the section. */
  readonly link: { readonly href: string; readonly label: string } | null;
}

/** One section another feature adds to the overview of a chart. The right to open the chart has been checked before `load`. */
export interface ChartSection {
  readonly id: string;
  /** `main` is the wide column, `side` the narrow one. */
  readonly column: 'main' | 'side';
  /** Order in the column, by tens. */
  readonly order: number;
  /**
   * Undefined leaves the section out. `ground` says why the chart is open: in an emergency there is nothing to change, and what stays
   * shut then is left out.
   */
  load(who: Principal, clientId: string, ground: CareGround): Promise<ChartSectionView | undefined>;
}

export type ChartColumns = Readonly<Record<ChartSection['column'], readonly (ChartSectionView & { id: string })[]>>;

/** People know nothing of appointments or notes; those features register what they show about a client here, in onModuleInit. */
@Injectable()
export class ChartSections {
  private readonly sections: ChartSection[] = [];

  register(section: ChartSection): void {
    if (this.sections.some((known) => known.id === section.id))
      throw new Error(`two chart sections are called ${section.id}`);
    this.sections.push(section);
    this.sections.sort((a, b) => a.order - b.order);
  }

  async load(who: Principal, clientId: string, ground: CareGround): Promise<ChartColumns> {
    const views = await Promise.all(
      this.sections.map(async (section) => ({ section, view: await section.load(who, clientId, ground) })),
    );
    const of = (column: ChartSection['column']) =>
      views.flatMap(({ section, view }) => (view && section.column === column ? [{ ...view, id: section.id }] : []));
    return { main: of('main'), side: of('side') };
  }
}
