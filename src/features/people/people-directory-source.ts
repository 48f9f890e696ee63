import { Injectable } from '@nestjs/common';
import type { DirectoryEntry, DirectorySource } from '../../platform/directory/directory.js';
import { displayName, initials, sortKey } from './names.js';
import { PeopleQueries, type PersonRow } from './people.queries.js';
import { PersonVault } from './person-vault.js';

const PAGE = 1000;
const FIRST = '00000000-0000-0000-0000-000000000000';

/** Fills the in-memory directory with what lists and search need. */
@Injectable()
export class PeopleDirectorySource implements DirectorySource {
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
    const legal = (await this.vault.open(row.id, 'legalName', row.legal_name_enc)) ?? '';
    const chosen = await this.vault.open(row.id, 'chosenName', row.chosen_name_enc);
    const name = displayName(legal, chosen);
    return {
      id: row.id,
      kinds: kindsOf(row),
      displayName: name,
      sortKey: sortKey(name),
      initials: initials(name),
      number: row.number ?? undefined,
      pronouns: (await this.vault.open(row.id, 'pronouns', row.pronouns_enc)) ?? undefined,
      timeZone: row.time_zone,
      status: row.client_status ?? row.clinician_status ?? 'active',
      clinicianIds: row.clinician_ids,
    };
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
