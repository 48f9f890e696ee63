import type { DirectoryEntry } from '../../../platform/directory/directory.js';

export const STATUS_FILTERS = ['active', 'waiting', 'ended', 'all'] as const;
export type StatusFilter = (typeof STATUS_FILTERS)[number];
export const PAGE_SIZE = 25;

export interface ClientListInput {
  readonly entries: readonly DirectoryEntry[];
  /** Id to go on after, or null on the last page. */
  readonly next: string | null;
  readonly firstPage: boolean;
  readonly query: string;
  readonly status: StatusFilter;
  readonly hidden: boolean;
  /** The reader sees everybody, not only those they work with. */
  readonly whole: boolean;
  readonly mayAdd: boolean;
  readonly nameOf: (entry: DirectoryEntry) => string;
  /** Undefined where the reader may not know who works with whom. */
  readonly clinicianName: ((id: string) => string | null) | undefined;
  readonly searchesContact: boolean;
  /** The reader may open a chart outside their care. */
  readonly emergencies: boolean;
  /** Where a row leads for this reader. */
  readonly hrefOf: (entry: DirectoryEntry) => string | null;
}

const TONES: Readonly<Record<string, string>> = { active: 'well-on', waiting: 'attend', ended: '' };

const namesOf = (ids: readonly string[], nameOf: (id: string) => string | null): string =>
  ids
    .map(nameOf)
    .filter((name) => name !== null)
    .join(', ');

/** A chart, and not the page of somebody's details. */
const isChart = (href: string | null): boolean => href !== null && /^\/clients\/[^/]+$/.test(href);
const emergencyFor = (entry: DirectoryEntry): string => `/clients/emergency?number=${entry.number ?? ''}`;

/** The list of clients in name order. */
export function clientListView(input: ClientListInput) {
  const { query, status } = input;
  const address = (change: Readonly<Record<string, string>>): string => {
    const parameters = new URLSearchParams({
      ...(query ? { q: query } : {}),
      ...(status === 'active' ? {} : { status }),
      ...change,
    });
    const text = parameters.toString();
    return text ? `/clients?${text}` : '/clients';
  };
  return {
    rows: input.entries.map((entry) => ({
      href: input.hrefOf(entry),
      name: input.nameOf(entry),
      number: entry.number ?? '',
      pronouns: entry.pronouns ?? null,
      clinicians: input.clinicianName ? namesOf(entry.clinicianIds, input.clinicianName) : null,
      emergency: input.emergencies && !isChart(input.hrefOf(entry)) ? emergencyFor(entry) : null,
      status: `people:status.${entry.status}`,
      tone: TONES[entry.status] ?? '',
    })),
    query,
    care: input.clinicianName !== undefined,
    search: input.searchesContact ? 'people:list.search-contact' : 'people:list.search',
    emergency: input.emergencies && !input.whole ? '/clients/emergency' : null,
    filters: STATUS_FILTERS.map((value) => ({
      value,
      label: `people:filter.${value}`,
      href:
        value === 'active'
          ? query
            ? `/clients?q=${encodeURIComponent(query)}`
            : '/clients'
          : address({ status: value }),
      current: value === status,
    })),
    status,
    summary: input.whole ? 'people:list.whole' : 'people:list.own',
    // A page further down is not where a switch should throw the reader out of.
    here: address({}),
    namesHidden: input.hidden,
    mayAdd: input.mayAdd,
    empty: input.entries.length === 0,
    wider: query && status !== 'all' ? address({ status: 'all' }) : null,
    older: input.next ? address({ after: input.next }) : null,
    newer: input.firstPage ? null : address({}),
  };
}
