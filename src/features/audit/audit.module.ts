import { Module } from '@nestjs/common';
import { AdminModule } from '../admin/public.js';
import { PeopleModule } from '../people/public.js';
import { PracticeModule } from '../practice/public.js';
import { SchedulingModule } from '../scheduling/public.js';
import { ActorNameService } from './actor-names.service.js';
import { AuditViewer } from './audit-viewer.service.js';
import { AuditQueries } from './audit.queries.js';
import { ChartHistorySection } from './chart-history.section.js';
import { AuditController } from './pages/audit.controller.js';
import { HistoryController } from './pages/history.controller.js';
import { ReviewController } from './pages/review.controller.js';
import { RecordHistoryService } from './record-history.service.js';
import { ReviewContext } from './review/review-context.service.js';
import { ReviewRepository } from './review/review.repository.js';
import { Review } from './review/review.service.js';
import { ReviewWatch } from './review/review-watch.js';
import { WeeklyReview } from './review/weekly-review.service.js';

/** The audit for people: who did what, who opened whose records, and the weekly review. Writing and sealing it is the platform's. */
@Module({
  imports: [AdminModule, PeopleModule, PracticeModule, SchedulingModule],
  // The review comes first: `/admin/audit/review` is not the number of an entry.
  controllers: [ReviewController, AuditController, HistoryController],
  providers: [
    ActorNameService,
    AuditQueries,
    AuditViewer,
    ChartHistorySection,
    RecordHistoryService,
    Review,
    ReviewContext,
    ReviewRepository,
    ReviewWatch,
    WeeklyReview,
  ],
})
export class AuditReviewModule {}
