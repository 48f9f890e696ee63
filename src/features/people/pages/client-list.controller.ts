import { Controller, Get, Query } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import { can, type Principal } from '../../../platform/access/principal.js';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';
import { Directory, type DirectoryEntry } from '../../../platform/directory/directory.js';
import { Who } from '../../../platform/http/request.js';
import { isId } from '../../../platform/ids.js';
import { page, type Page } from '../../../platform/views/page.js';
import { CareAccess, seesWholeList } from '../care-access.js';
import { ClientSearch } from '../client-search.js';
import { DiscreetNames } from '../discreet-names.js';
import { seesClass } from '../field-policy.js';
import { clientListView, PAGE_SIZE, STATUS_FILTERS } from './client-list.view.js';
import { oneOf, textOf } from './query.js';

/** The list of clients, in pages over the order of the directory. */
@Controller('clients')
export class ClientListController {
  constructor(
    private readonly access: CareAccess,
    private readonly search: ClientSearch,
    private readonly directory: Directory,
    private readonly names: DiscreetNames,
    private readonly audit: AuditWriter,
  ) {}

  @Get()
  @Access('clients:read')
  async list(@Who() who: Principal, @Query() parameters: Record<string, unknown>): Promise<Page> {
    const mine = await this.access.clientsOf(who);
    const names = this.names.viewFor(who);
    const status = oneOf(parameters.status, STATUS_FILTERS);
    const query = textOf(parameters.q);
    const after = isId(parameters.after) ? parameters.after : undefined;
    const reached = await this.search.byContact(who, query);
    const allowed = (entry: DirectoryEntry): boolean =>
      (mine === 'all' || mine.has(entry.id)) &&
      (status === 'all' || entry.status === status) &&
      (reached === undefined || reached.has(entry.id));
    const words = reached ? '' : query;
    const found = this.directory.page({ kind: 'client', allowed, after, limit: PAGE_SIZE, query: words });
    await this.audit.record(who, {
      action: 'clients.list',
      facts: { count: found.entries.length, search: query !== '', status },
    });
    const charts = can(who, 'chart:read') && (who.personId ?? '');
    const model = clientListView({
      entries: found.entries,
      next: found.next,
      firstPage: after === undefined,
      query,
      status,
      hidden: names.hidden,
      whole: mine === 'all',
      mayAdd: can(who, 'clients:write'),
      nameOf: names.of,
      // Undefined where the reader may not know who works with whom.
      clinicianName: seesClass(who, 'care') ? (id) => this.directory.name(id) : undefined,
      searchesContact: seesClass(who, 'contact'),
      emergencies: can(who, 'emergency:open') && can(who, 'chart:read'),
      hrefOf: (entry) => hrefOf(entry, charts, who),
    });
    return page('people/clients', model, { layout: 'staff', title: 'people:list.title', current: 'clients' });
  }
}

/** The chart for those who work with the client, the contact details for the front desk, nowhere for the rest. */
function hrefOf(entry: DirectoryEntry, clinicianId: string | false, who: Principal): string | null {
  if (clinicianId && entry.clinicianIds.includes(clinicianId)) return `/clients/${entry.id}`;
  return can(who, 'clients:write') && seesWholeList(who) ? `/clients/${entry.id}/details` : null;
}
