import { Injectable, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { Encounters } from '@alcove/sdk';
import { AccessModule, AccessOptionsModule, homeOf, type AccessOptions } from './features/access/public.js';
import { AdminModule } from './features/admin/public.js';
import { AuditReviewModule } from './features/audit/public.js';
import { ApiModule } from './features/api/public.js';
import { EmergencyModule } from './features/emergency/public.js';
import { EncountersModule } from './features/encounters/public.js';
import { EncountersHost } from './features/encounters/host.js';
import { NoticesModule } from './features/notices/public.js';
import { PeopleModule } from './features/people/public.js';
import { PluginsModule } from './features/plugins/public.js';
import { PortalModule } from './features/portal/public.js';
import { PracticeModule, PracticeService } from './features/practice/public.js';
import { SchedulingModule } from './features/scheduling/public.js';
import { HomeController } from './home.controller.js';
import { KernelModule } from './kernel/kernel.module.js';
import type { KernelOptions } from './kernel/kernel.options.js';
import { Site } from './platform/http/site.js';
import { PlatformModule, type Ground } from './platform/platform.module.js';
import { HostServices } from './platform/ports/host-services.js';

/** What platform pages show of the practice. */
@Injectable()
class PracticeSite extends Site {
  constructor(private readonly practice: PracticeService) {
    super();
  }

  async name(): Promise<string> {
    return (await this.practice.current())?.name ?? '';
  }

  async timeZone(): Promise<string> {
    return (await this.practice.current())?.timeZone ?? 'UTC';
  }

  homeOf(permissions: ReadonlySet<string>): string {
    return homeOf(permissions);
  }
}

@Module({
  imports: [PracticeModule],
  providers: [{ provide: Site, useClass: PracticeSite }],
  exports: [Site],
})
class SiteModule {}

/** The composition root: the only file that knows every feature, the platform and the kernel. */
@Module({})
export class AppModule implements OnModuleInit {
  constructor(
    private readonly hostServices: HostServices,
    private readonly encounters: EncountersHost,
  ) {}

  static forRoot(ground: Ground, kernel: KernelOptions, access: AccessOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        PlatformModule.forRoot(ground),
        { module: SiteModule, global: true },
        KernelModule.forRoot(kernel),
        AccessOptionsModule.forRoot(access),
        AccessModule,
        NoticesModule,
        PracticeModule,
        PeopleModule,
        SchedulingModule,
        EncountersModule,
        PortalModule,
        AdminModule,
        EmergencyModule,
        ApiModule,
        AuditReviewModule,
        PluginsModule,
      ],
      controllers: [HomeController],
    };
  }

  onModuleInit(): void {
    this.hostServices.offer('encounters:presence', Encounters, () => this.encounters);
  }
}
