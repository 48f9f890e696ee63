import { Controller, Get } from '@nestjs/common';
import { Access } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { AuditStatus } from '../../../platform/audit/audit-status.js';
import { Clock } from '../../../platform/clock.js';
import { KeyRingHolder } from '../../../platform/crypto/key-ring.holder.js';
import { Who } from '../../../platform/http/request.js';
import { page, type Page } from '../../../platform/views/page.js';
import { KitService, SessionService } from '../../access/public.js';
import { SecurityPoints } from '../security-points.js';
import { securityView } from './security.view.js';

const HOUR = 3_600_000;

/** Counts and states for who watches over the server. Shows nobody's data, not even who failed to sign in. */
@Controller('admin/security')
export class AdminSecurityController {
  constructor(
    private readonly sessions: SessionService,
    private readonly audit: AuditStatus,
    private readonly keys: KeyRingHolder,
    private readonly kit: KitService,
    private readonly points: SecurityPoints,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Access('security:read')
  async show(@Who() who: Principal): Promise<Page> {
    const now = this.clock.now().getTime();
    const [sessions, day, week, refused, audit, kitConfirmedAt, points] = await Promise.all([
      this.sessions.countByRole(who),
      this.audit.troubles('session.refuse', new Date(now - 24 * HOUR)),
      this.audit.troubles('session.refuse', new Date(now - 7 * 24 * HOUR)),
      this.audit.troubles('route.refuse', new Date(now - 7 * 24 * HOUR)),
      this.audit.state(),
      this.kit.confirmedAt(),
      this.points.of(who),
    ]);
    const failures = { day, week, refused };
    return page(
      'admin/security',
      securityView(who, { sessions, failures, audit, keys: this.keys.masterIds, kitConfirmedAt, points }),
      {
        layout: 'staff',
        title: 'admin:security.title',
        current: 'admin',
      },
    );
  }
}
