import { Module, type OnModuleInit } from '@nestjs/common';
import { Directory } from '../../platform/directory/directory.js';
import { Frame } from '../../platform/views/frame.js';
import { PracticeModule } from '../practice/public.js';
import { CareAccess } from './care-access.js';
import { CarePeriods } from './care-periods.js';
import { ClientSearch } from './client-search.js';
import { Cases } from './cases.service.js';
import { ChartSections } from './chart-sections.js';
import { Clinicians } from './clinicians.service.js';
import { DiscreetNames } from './discreet-names.js';
import { EmergencyAccess } from './emergency/emergency-access.service.js';
import { EmergencyKeeper } from './emergency/emergency-keeper.js';
import { EmergencyLog } from './emergency/emergency-log.service.js';
import { EmergencyWords } from './emergency/emergency-words.js';
import { ChartController } from './pages/chart.controller.js';
import { ClientFormController } from './pages/client-form.controller.js';
import { ClientListController } from './pages/client-list.controller.js';
import { EmergencyController } from './pages/emergency.controller.js';
import { PeopleDirectorySource } from './people-directory-source.js';
import { PeopleQueries } from './people.queries.js';
import { PeopleRepository } from './people.repository.js';
import { People } from './people.service.js';
import { Relationships } from './relationships.service.js';
import { PersonVault } from './person-vault.js';

/** People and cases: who is who, who works with whom, and who may see whom. */
@Module({
  imports: [PracticeModule],
  // These come first: `/clients/new` and `/clients/emergency` are not ids of clients.
  controllers: [ClientFormController, EmergencyController, ClientListController, ChartController],
  providers: [
    CareAccess,
    CarePeriods,
    Cases,
    ChartSections,
    ClientSearch,
    Clinicians,
    DiscreetNames,
    EmergencyAccess,
    EmergencyKeeper,
    EmergencyLog,
    EmergencyWords,
    People,
    PeopleDirectorySource,
    PeopleQueries,
    PeopleRepository,
    PersonVault,
    Relationships,
  ],
  exports: [
    CareAccess,
    CarePeriods,
    Cases,
    ChartSections,
    Clinicians,
    DiscreetNames,
    EmergencyLog,
    People,
    Relationships,
  ],
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
