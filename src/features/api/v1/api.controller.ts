import { Controller, Get, Query, UseInterceptors } from '@nestjs/common';
import { KeyAccess } from '@alcove/sdk';
import type { Principal } from '../../../platform/access/principal.js';
import { HealthRegistry } from '../../../platform/health/health.js';
import { Who } from '../../../platform/http/request.js';
import { AccountService, KEY_SCOPES } from '../../access/public.js';
import { ApiCallInterceptor } from './api-call.interceptor.js';
import {
  healthAnswer,
  staffAnswer,
  whoAnswer,
  type HealthAnswer,
  type StaffAnswer,
  type WhoAnswer,
} from './answers.js';
import { AuditFeed, type FedRow } from './audit-feed.service.js';
import { placeText, readLimit, readPlace } from './parameters.js';
import { SecurityFigures, type SecurityAnswer } from './security-figures.service.js';

/**
 * What programs read, in its first version: fields may be added, and none is renamed or taken away. No route changes anything and none
 * shows a client's name. docs/reference/openapi.json describes it, and a test holds the two together.
 */
@Controller('api/v1')
@UseInterceptors(ApiCallInterceptor)
export class ApiController {
  constructor(
    private readonly feed: AuditFeed,
    private readonly health: HealthRegistry,
    private readonly accounts: AccountService,
    private readonly figures: SecurityFigures,
  ) {}

  @Get('whoami')
  @KeyAccess(...KEY_SCOPES)
  whoami(@Who() who: Principal): WhoAnswer {
    return whoAnswer(who);
  }

  @Get('audit')
  @KeyAccess('audit:read')
  async audit(
    @Who() who: Principal,
    @Query('after') after: unknown,
    @Query('limit') limit: unknown,
  ): Promise<{ rows: readonly FedRow[]; next: string; more: boolean }> {
    const { rows, next, more } = await this.feed.after(who, readPlace(after), readLimit(limit));
    return { rows, next: placeText(next), more };
  }

  @Get('health')
  @KeyAccess('health:read')
  async parts(): Promise<HealthAnswer> {
    return healthAnswer(await this.health.report());
  }

  @Get('staff')
  @KeyAccess('staff:read')
  async staff(@Who() who: Principal): Promise<StaffAnswer> {
    return staffAnswer(await this.accounts.staff(who));
  }

  @Get('security')
  @KeyAccess('security:read')
  async security(@Who() who: Principal): Promise<SecurityAnswer> {
    return this.figures.read(who);
  }
}
