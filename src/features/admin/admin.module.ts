import { Module, type OnModuleInit } from '@nestjs/common';
import { Frame } from '../../platform/views/frame.js';
import { AccessModule } from '../access/public.js';
import { PracticeModule } from '../practice/public.js';
import { ADMIN_PERMISSIONS } from './admin-tabs.js';
import { AdminHealthController } from './pages/health.controller.js';
import { AdminController } from './pages/overview.controller.js';
import { AdminPeopleController } from './pages/people.controller.js';
import { AdminPracticeController } from './pages/practice.controller.js';
import { AdminSecurityController } from './pages/security.controller.js';

/** The pages of whoever runs the practice and its server. They show counts, states and staff, and never a client. */
@Module({
  imports: [AccessModule, PracticeModule],
  controllers: [
    AdminController,
    AdminPracticeController,
    AdminPeopleController,
    AdminSecurityController,
    AdminHealthController,
  ],
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
