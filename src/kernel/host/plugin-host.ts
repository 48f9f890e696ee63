import { Inject, Injectable, type DynamicModule, type Provider } from '@nestjs/common';
import {
  Audit,
  Clock as HostClockToken,
  Events,
  Links,
  Live,
  Log as HostLogToken,
  PluginModuleContext,
  Settings,
  type PluginDefinition,
} from '@alcove/sdk';
import { DataSource } from 'typeorm';
import { Assets } from '../../platform/assets/assets.js';
import { AuditWriter } from '../../platform/audit/audit-writer.js';
import { Clock } from '../../platform/clock.js';
import { LiveBus } from '../../platform/live/live-bus.js';
import { LOG, type Log } from '../../platform/logging/log.js';
import { HostServices } from '../../platform/ports/host-services.js';
import { Work } from '../../platform/work/work.js';
import type { Candidate } from '../discovery/discover.js';
import { StartFailure } from '../lifecycle/states.js';
import {
  HostAudit,
  HostClock,
  HostContext,
  HostEvents,
  HostLinks,
  HostLive,
  HostLog,
  HostSettings,
} from './host-services.js';
import { PluginSettings } from './plugin-settings.js';

/** The host services of one running plugin, as a module its application can inject from, and the way to end them. */
export interface Host {
  readonly module: DynamicModule;
  close(): void;
}

/** Carries the module of host services; one dynamic module per plugin. */
class HostModule {}

/** Makes the host services of plugins: what everybody gets and what the manifest asks for, nothing else. */
@Injectable()
export class PluginHost {
  constructor(
    @Inject(LOG) private readonly log: Log,
    private readonly clock: Clock,
    private readonly live: LiveBus,
    private readonly work: Work,
    private readonly audit: AuditWriter,
    private readonly assets: Assets,
    private readonly settings: PluginSettings,
    private readonly offers: HostServices,
  ) {}

  /** @throws StartFailure when the manifest needs a service that this server does not have */
  make(candidate: Candidate, definition: PluginDefinition, dataSource?: DataSource): Host {
    const { id, version } = candidate;
    const log = new HostLog(id, this.log);
    const live = new HostLive(id, this.live, (error) => log.error('a live listener failed', error));
    const providers: Exclude<Provider, () => void>[] = [
      { provide: PluginModuleContext, useValue: new HostContext(id, version) },
      { provide: HostLogToken, useValue: log },
      { provide: HostClockToken, useValue: new HostClock(this.clock) },
      { provide: Settings, useValue: new HostSettings(id, definition.settings ?? [], this.settings) },
      { provide: Live, useValue: live },
      { provide: Events, useValue: new HostEvents(id, this.work) },
      { provide: Audit, useValue: new HostAudit(id, this.audit) },
      { provide: Links, useValue: new HostLinks(id, this.assets) },
      ...(dataSource ? [{ provide: DataSource, useValue: dataSource }] : []),
      ...this.granted(candidate),
    ];
    const tokens = providers.map((provider) => ('provide' in provider ? provider.provide : provider));
    return { module: { module: HostModule, global: true, providers, exports: tokens }, close: () => live.close() };
  }

  private granted({ id, manifest }: Candidate) {
    return (manifest?.needs ?? []).map((need) => {
      const offer = this.offers.find(need);
      if (!offer)
        throw new StartFailure('misconfigured', 'misconfigured', `needs "${need}", which this server does not offer`);
      return { provide: offer.token, useValue: offer.make(id) };
    });
  }
}
