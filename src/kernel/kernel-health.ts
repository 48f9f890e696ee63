import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HealthRegistry } from '../platform/health/health.js';
import { PluginRegistry } from './lifecycle/plugin-registry.js';

/** Says how the plugins are. An ill one never makes the server unready: everything but that plugin still works. */
@Injectable()
export class KernelHealth implements OnModuleInit {
  constructor(
    private readonly health: HealthRegistry,
    private readonly registry: PluginRegistry,
  ) {}

  onModuleInit(): void {
    this.health.register('plugins', async () => this.report(), { required: false });
    this.health.register('critical-plugins', async () => this.report(true), { required: false });
  }

  private report(onlyCritical = false): { ok: boolean; detail: string } {
    const wanted = this.registry
      .all()
      .filter((unit) => unit.enabled && (!onlyCritical || unit.manifest?.critical === true));
    const ill = wanted.filter((unit) => unit.state !== 'active' && unit.reason !== 'safe-mode');
    const detail = ill.map((unit) => `${unit.id}: ${unit.state}`).join(', ');
    return { ok: ill.length === 0, detail: detail || `${wanted.length} running` };
  }
}
