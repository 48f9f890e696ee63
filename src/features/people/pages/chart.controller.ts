import { Controller, Get, Param } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';
import { Clock } from '../../../platform/clock.js';
import { Directory } from '../../../platform/directory/directory.js';
import { Who } from '../../../platform/http/request.js';
import { page, type Page } from '../../../platform/views/page.js';
import { CareAccess } from '../care-access.js';
import { ChartSections } from '../chart-sections.js';
import { DiscreetNames } from '../discreet-names.js';
import { People } from '../people.service.js';
import { chartView } from './chart.view.js';

/** The chart of one client. */
@Controller('clients')
export class ChartController {
  constructor(
    private readonly people: People,
    private readonly access: CareAccess,
    private readonly sections: ChartSections,
    private readonly names: DiscreetNames,
    private readonly directory: Directory,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  @Get(':id')
  @Access('chart:read')
  async show(@Who() who: Principal, @Param('id') id: string): Promise<Page> {
    const ground = await this.access.requireOpen(who, id);
    const client = await this.people.clientSummary(who, id);
    // Before anything is shown: an opened chart without its row does not exist.
    await this.audit.record(who, {
      action: 'chart.read',
      object: `client:${id}`,
      clientId: id,
      facts: { basis: ground.basis },
    });
    const names = this.names.viewFor(who);
    const entry = this.directory.get(id);
    const model = chartView({
      client,
      ground,
      name: entry ? names.of(entry) : client.displayName,
      hidden: names.hidden,
      now: this.clock.now(),
      clinicians: (entry?.clinicianIds ?? []).map((clinician) => ({
        displayName: this.directory.name(clinician) ?? '',
      })),
      sections: await this.sections.load(who, id, ground),
      mayEdit: await this.access.mayEdit(who, id),
      mayBook: client.status !== 'ended' && (await this.access.mayBook(who, id)),
    });
    return page('people/chart', model, { layout: 'staff', title: 'people:chart.title', current: 'clients' });
  }
}
