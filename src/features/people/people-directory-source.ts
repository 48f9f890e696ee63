import { Injectable, Logger } from '@nestjs/common';
import type { DirectoryEntry, DirectorySource } from '../../platform/directory/directory.js';
import { DomainError } from '../../platform/errors/domain-error.js';
import { displayName, initials, sortKey } from './names.js';
import { PeopleQueries, type PersonRow } from './people.queries.js';
import { PersonVault, type PersonField } from './person-vault.js';

const PAGE = 1000;
/** Stands for a name that cannot be read. */
const UNREADABLE = '···';
const FIRST = '00000000-0000-0000-0000-000000000000';

/** Fills the in-memory directory with what lists and search need. */
@Injectable()
export class PeopleDirectorySource implements DirectorySource {
  private readonly logger = new Logger(PeopleDirectorySource.name);

  constructor(
    private readonly queries: PeopleQueries,
    private readonly vault: PersonVault,
  ) {}

  async *loadAll(): AsyncIterable<DirectoryEntry> {
    let after = FIRST;
    for (;;) {
      const rows = await this.queries.directoryPage(after, PAGE);
      yield* await Promise.all(rows.map((row) => this.toEntry(row)));
      if (rows.length < PAGE) return;
      after = rows[rows.length - 1].id;
    }
  }

  async load(ids: readonly string[]): Promise<DirectoryEntry[]> {
    const rows = await this.queries.directorySome(ids);
    return Promise.all(rows.map((row) => this.toEntry(row)));
  }

  private async toEntry(row: PersonRow): Promise<DirectoryEntry> {
    const legal = await this.open(row.id, 'legalName', row.legal_name_enc);
    const chosen = await this.open(row.id, 'chosenName', row.chosen_name_enc);
    const name = displayName(legal ?? row.number ?? UNREADABLE, chosen);
    return {
      id: row.id,
      kinds: kindsOf(row),
      displayName: name,
      sortKey: sortKey(name),
      initials: initials(name),
      number: row.number ?? undefined,
      pronouns: (await this.open(row.id, 'pronouns', row.pronouns_enc)) ?? undefined,
      timeZone: row.time_zone,
      status: row.client_status ?? row.clinician_status ?? 'active',
      clinicianIds: row.clinician_ids,
    };
  }

  /** One damaged value must not keep the whole practice from its names: it is reported and shown as missing. */
  private async open(id: string, field: PersonField, sealed: Buffer | null): Promise<string | null> {
    try {
      return await this.vault.open(id, field, sealed);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'sealed-value-damaged') throw error;
      this.logger.error(`the ${field} of person ${id} cannot be opened: the stored value is damaged`);
      return null;
    }
  }
}

function kindsOf(row: PersonRow): DirectoryEntry['kinds'] {
  const kinds: DirectoryEntry['kinds'][number][] = [];
  if (row.client_status) kinds.push('client');
  if (row.clinician_status) kinds.push('clinician');
  if (row.staff) kinds.push('staff');
  if (row.guardian) kinds.push('guardian');
  return kinds;
}
