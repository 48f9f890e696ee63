import { Module, type OnModuleInit } from '@nestjs/common';
import { Frame } from '../../platform/views/frame.js';
import { AccessModule } from '../access/public.js';
import { PracticeModule } from '../practice/public.js';
import { AccessPoints } from './access-points.js';
import { ADMIN_PERMISSIONS } from './admin-tabs.js';
import { AdminHealthController } from './pages/health.controller.js';
import { AdminController } from './pages/overview.controller.js';
import { AdminPeopleController } from './pages/people.controller.js';
import { AdminPersonController } from './pages/person.controller.js';
import { AdminPracticeController } from './pages/practice.controller.js';
import { AdminProgramsController } from './pages/programs.controller.js';
import { AdminRolesController } from './pages/roles.controller.js';
import { AdminSecurityController } from './pages/security.controller.js';
import { AdminSignOnController } from './pages/sign-on.controller.js';
import { SecurityPoints } from './security-points.js';

/** The pages of whoever runs the practice and its server. They show counts, states and staff, and never a client. */
@Module({
  imports: [AccessModule, PracticeModule],
  controllers: [
    AdminController,
    AdminPracticeController,
    AdminPeopleController,
    AdminPersonController,
    AdminRolesController,
    AdminProgramsController,
    AdminSecurityController,
    AdminSignOnController,
    AdminHealthController,
  ],
  providers: [SecurityPoints, AccessPoints],
  exports: [SecurityPoints],
})
export class AdminModule implements OnModuleInit {
  constructor(private readonly frame: Frame) {}

  onModuleInit(): void {
    this.frame.addNav({
      id: 'admin',
      label: 'admin:nav',
      href: '/admin',
      icon: 'adjustments-horizontal',
      order: 90,
      anyOf: ADMIN_PERMISSIONS,
      layout: 'staff',
    });
  }
}
