import { Module, type OnModuleInit } from '@nestjs/common';
import { can } from '../../platform/access/principal.js';
import { Frame } from '../../platform/views/frame.js';
import { EncountersModule } from '../encounters/public.js';
import { PracticeModule } from '../practice/public.js';
import { SchedulingModule } from '../scheduling/public.js';
import { HomeController } from './pages/home.controller.js';
import { PortalHomeService } from './portal-home.service.js';

/** What clients and guardians see when they sign in. */
@Module({
  imports: [EncountersModule, PracticeModule, SchedulingModule],
  controllers: [HomeController],
  providers: [PortalHomeService],
})
export class PortalModule implements OnModuleInit {
  constructor(private readonly frame: Frame) {}

  onModuleInit(): void {
    this.frame.addNav({
      id: 'portal-home',
      label: 'portal:nav.home',
      href: '/portal',
      icon: 'home',
      order: 10,
      anyOf: ['portal:use'],
      layout: 'portal',
    });
    this.frame.addTopbar((who) =>
      Promise.resolve(can(who, 'portal:use') ? { template: 'portal/exit', model: {} } : undefined),
    );
  }
}
