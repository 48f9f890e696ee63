import { Module } from '@nestjs/common';
import { AccessModule } from '../access/public.js';
import { KeyEndingsJob } from './key-endings.job.js';
import { ApiController } from './v1/api.controller.js';
import { AuditFeed } from './v1/audit-feed.service.js';
import { SecurityFigures } from './v1/security-figures.service.js';

/** The versioned API for programs. */
@Module({
  imports: [AccessModule],
  controllers: [ApiController],
  providers: [AuditFeed, SecurityFigures, KeyEndingsJob],
})
export class ApiModule {}
