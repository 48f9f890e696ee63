import { Injectable } from '@nestjs/common';
import type { PluginUnit } from './plugin-unit.js';
import type { RunningPlugin } from './running-plugin.js';

/** The plugins of this process, in the order of their ids. */
@Injectable()
export class PluginRegistry {
  private readonly units = new Map<string, PluginUnit>();

  add(unit: PluginUnit): void {
    this.units.set(unit.id, unit);
  }

  find(id: string): PluginUnit | undefined {
    return this.units.get(id);
  }

  all(): PluginUnit[] {
    return [...this.units.values()].sort((a, b) => a.id.localeCompare(b.id));
  }

  running(): RunningPlugin[] {
    return this.all().flatMap((unit) => unit.running ?? []);
  }

  clear(): void {
    this.units.clear();
  }
}
