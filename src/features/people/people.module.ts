import { Module, type OnModuleInit } from '@nestjs/common';
import { Directory } from '../../platform/directory/directory.js';
import { Frame } from '../../platform/views/frame.js';
import { PracticeModule } from '../practice/public.js';
import { CareAccess } from './care-access.js';
import { Cases } from './cases.service.js';
import { ChartSections } from './chart-sections.js';
import { Clinicians } from './clinicians.service.js';
import { DiscreetNames } from './discreet-names.js';
import { ChartController } from './pages/chart.controller.js';
import { ClientFormController } from './pages/client-form.controller.js';
import { ClientListController } from './pages/client-list.controller.js';
import { PeopleDirectorySource } from './people-directory-source.js';
import { PeopleQueries } from './people.queries.js';
import { PeopleRepository } from './people.repository.js';
import { People } from './people.service.js';
import { PersonVault } from './person-vault.js';

/** People and cases: who is who, who works with whom, and who may see whom. */
@Module({
  imports: [PracticeModule],
  // The form comes first: `/clients/new` is not the id of a client.
  controllers: [ClientFormController, ClientListController, ChartController],
  providers: [
    CareAccess,
    Cases,
    ChartSections,
    Clinicians,
    DiscreetNames,
    People,
    PeopleDirectorySource,
    PeopleQueries,
    PeopleRepository,
    PersonVault,
  ],
  exports: [CareAccess, Cases, ChartSections, Clinicians, DiscreetNames, People],
})
export class PeopleModule implements OnModuleInit {
  constructor(
    private readonly directory: Directory,
    private readonly source: PeopleDirectorySource,
    private readonly frame: Frame,
  ) {}

  onModuleInit(): void {
    this.directory.setSource(this.source);
    this.frame.addNav({
      id: 'clients',
      label: 'people:nav.clients',
      href: '/clients',
      icon: 'users',
      order: 30,
      anyOf: ['clients:read'],
      layout: 'staff',
    });
  }
}
