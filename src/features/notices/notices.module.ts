import { Global, Module } from '@nestjs/common';
import { Notices } from '../../platform/ports/notices.js';
import { OwnNotices } from './own-notices.service.js';
import { Bell } from './pages/bell.js';
import { NoticesController } from './pages/notices.controller.js';
import { NoticesService } from './notices.service.js';
import { UnreadCounts } from './unread-counts.js';

/** What people are told about their account and the practice. Global: whatever changes an account or opens a chart tells people. */
@Global()
@Module({
  controllers: [NoticesController],
  providers: [Bell, OwnNotices, UnreadCounts, NoticesService, { provide: Notices, useExisting: NoticesService }],
  exports: [Notices],
})
export class NoticesModule {}
