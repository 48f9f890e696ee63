import { Module, type OnModuleInit } from '@nestjs/common';
import { can } from '../../platform/access/principal.js';
import { AdminModule, SecurityPoints } from '../admin/public.js';
import { EmergencyLog, PeopleModule } from '../people/public.js';
import { EmergencyReviewController } from './pages/emergency-review.controller.js';

/** Emergency access as those see it who answer for it: who opened which chart, why, and who has looked at it since. */
@Module({ imports: [PeopleModule, AdminModule], controllers: [EmergencyReviewController] })
export class EmergencyModule implements OnModuleInit {
  constructor(
    private readonly points: SecurityPoints,
    private readonly log: EmergencyLog,
  ) {}

  onModuleInit(): void {
    this.points.add(async (who) =>
      can(who, 'audit:review')
        ? [{ text: 'emergency:unseen', count: await this.log.unseen(who), href: '/admin/emergency' }]
        : [],
    );
  }
}
