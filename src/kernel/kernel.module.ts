import { Module, type DynamicModule } from '@nestjs/common';
import { Contributions } from '../platform/ports/contributions.js';
import { HostServices } from '../platform/ports/host-services.js';
import { PluginAdmin } from '../platform/ports/plugin-admin.js';
import { Providers } from '../platform/ports/providers.js';
import { PluginHost } from './host/plugin-host.js';
import { PluginSettings } from './host/plugin-settings.js';
import { HttpGate } from './isolation/http-gate.js';
import { PluginDatabase } from './isolation/plugin-database.js';
import { SocketGate } from './isolation/socket-gate.js';
import { Gates, Kernel } from './kernel.js';
import { KernelHealth } from './kernel-health.js';
import { KERNEL_OPTIONS, type KernelOptions } from './kernel.options.js';
import { PluginChores } from './lifecycle/plugin-chores.js';
import { PluginRecords } from './lifecycle/plugin-record.repository.js';
import { PluginRegistry } from './lifecycle/plugin-registry.js';
import { PluginStarter, ViewTools } from './lifecycle/plugin-starter.js';
import { UnitFactory } from './lifecycle/unit-factory.js';
import { PluginManager } from './plugin-manager.js';
import { KernelContributions } from './slots/kernel-contributions.js';
import { KernelProviders } from './slots/kernel-providers.js';

/**
 * The plugin runtime. Global: features get `Providers`, `Contributions` and `HostServices` from it. Starting and stopping is up to
 * the composition root (`Kernel.start`, `Kernel.stop`), because plugins come up after the core and go down before it.
 */
@Module({})
export class KernelModule {
  static forRoot(options: KernelOptions): DynamicModule {
    return {
      module: KernelModule,
      global: true,
      providers: [
        { provide: KERNEL_OPTIONS, useValue: options },
        PluginRegistry,
        PluginRecords,
        PluginSettings,
        PluginDatabase,
        PluginHost,
        ViewTools,
        PluginStarter,
        PluginChores,
        UnitFactory,
        HttpGate,
        SocketGate,
        Gates,
        Kernel,
        KernelHealth,
        PluginManager,
        HostServices,
        KernelContributions,
        KernelProviders,
        { provide: Contributions, useExisting: KernelContributions },
        { provide: PluginAdmin, useExisting: PluginManager },
        { provide: Providers, useExisting: KernelProviders },
      ],
      exports: [Kernel, PluginAdmin, HostServices, Contributions, Providers],
    };
  }
}
