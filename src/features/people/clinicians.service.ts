import { Injectable } from '@nestjs/common';
import { Directory } from '../../platform/directory/directory.js';
import { isId } from '../../platform/ids.js';
import type { ClinicianCard } from './people.model.js';
import { PeopleQueries, type ClinicianRow } from './people.queries.js';

/** The clinicians of the practice. Not secret inside it: every signed-in member of staff may know who works here. */
@Injectable()
export class Clinicians {
  constructor(
    private readonly queries: PeopleQueries,
    private readonly directory: Directory,
  ) {}

  /** Those at work, in the order of the directory. */
  async list(): Promise<ClinicianCard[]> {
    const rows = await this.queries.clinicians();
    const sortOf = (id: string): string => this.directory.get(id)?.sortKey ?? '';
    return rows.sort((a, b) => (sortOf(a.id) < sortOf(b.id) ? -1 : 1)).map((row) => this.toCard(row));
  }

  async byId(id: string): Promise<ClinicianCard | undefined> {
    if (!isId(id)) return undefined;
    const row = await this.queries.clinician(id);
    return row && this.toCard(row);
  }

  private toCard(row: ClinicianRow): ClinicianCard {
    return {
      id: row.id,
      displayName: this.directory.name(row.id) ?? '',
      credential: row.credential,
      timeZone: this.directory.get(row.id)?.timeZone ?? 'UTC',
      status: row.status,
      color: row.color,
    };
  }
}
