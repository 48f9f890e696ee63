import { Injectable } from '@nestjs/common';
import { isId } from '../../platform/ids.js';
import type { CaseFacts } from './people.model.js';
import { PeopleQueries } from './people.queries.js';

/** The units of work that appointments, notes and payers belong to. References only; callers check access to the people in it. */
@Injectable()
export class Cases {
  constructor(private readonly queries: PeopleQueries) {}

  async byId(id: string): Promise<CaseFacts | undefined> {
    if (!isId(id)) return undefined;
    const row = await this.queries.caseById(id);
    return row && { id: row.id, kind: row.kind, memberIds: row.members };
  }

  /** The individual case every client has from the first day. */
  async individualOf(clientId: string): Promise<string | undefined> {
    return isId(clientId) ? this.queries.individualCase(clientId) : undefined;
  }
}
