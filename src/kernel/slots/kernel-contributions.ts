import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/access/principal.js';
import { LOG, type Log } from '../../platform/logging/log.js';
import { Contributions, type Contribution } from '../../platform/ports/contributions.js';
import type { PanelViewer } from '../../platform/ports/plugin-admin.js';
import { draw } from '../host/plugin-screen.js';
import { DEADLINES, KERNEL_OPTIONS, type KernelOptions } from '../kernel.options.js';
import { PluginRegistry } from '../lifecycle/plugin-registry.js';
import type { RunningPlugin } from '../lifecycle/running-plugin.js';
import { LateError } from './deadline.js';

type Drawable = Parameters<typeof draw>[0];

/** Pieces of pages drawn by plugins: all at once, each with a deadline and an error boundary of its own. */
@Injectable()
export class KernelContributions extends Contributions {
  constructor(
    private readonly registry: PluginRegistry,
    @Inject(KERNEL_OPTIONS) private readonly options: KernelOptions,
    @Inject(LOG) private readonly log: Log,
  ) {
    super();
  }

  collect(place: string, who: Principal, context: Readonly<Record<string, string>>): Promise<Contribution[]> {
    const viewer = { locale: who.locale ?? 'en', timeZone: who.timeZone ?? 'UTC' };
    const milliseconds = this.options.deadlines?.contribution ?? DEADLINES.contribution;
    const drawn = this.registry.running().flatMap((plugin) => {
      const slots = plugin.definition.slots ?? {};
      return Object.hasOwn(slots, place)
        ? [this.drawOne(plugin, place, slots[place], viewer, context, milliseconds)]
        : [];
    });
    return Promise.all(drawn);
  }

  /** One panel of a plugin; undefined when it has none of that name. */
  async panel(plugin: RunningPlugin, name: string, viewer: PanelViewer): Promise<Contribution | undefined> {
    const panels = plugin.definition.panels ?? {};
    if (!Object.hasOwn(panels, name)) return undefined;
    const milliseconds = this.options.deadlines?.panel ?? DEADLINES.panel;
    return this.drawOne(plugin, `panel ${name}`, panels[name], viewer, {}, milliseconds);
  }

  private async drawOne(
    plugin: RunningPlugin,
    place: string,
    source: Drawable,
    viewer: PanelViewer,
    references: Readonly<Record<string, string>>,
    milliseconds: number,
  ): Promise<Contribution> {
    const report = (error: unknown) =>
      this.log.warn({ plugin: plugin.id, place, err: error }, 'plugins: nothing was drawn');
    try {
      const html = await plugin.call(
        milliseconds,
        (context) => draw(source, context, plugin.parts.views, viewer, references),
        report,
      );
      return { pluginId: plugin.id, html };
    } catch (error) {
      report(error);
      return { pluginId: plugin.id, failure: error instanceof LateError ? 'late' : 'failed' };
    }
  }
}
