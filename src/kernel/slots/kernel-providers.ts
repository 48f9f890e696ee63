import { Inject, Injectable } from '@nestjs/common';
import { ProviderError, type VideoProvider } from '@alcove/sdk';
import { Assets } from '../../platform/assets/assets.js';
import { Providers } from '../../platform/ports/providers.js';
import { DEADLINES, KERNEL_OPTIONS, type KernelOptions } from '../kernel.options.js';
import { PluginRegistry } from '../lifecycle/plugin-registry.js';
import type { RunningPlugin } from '../lifecycle/running-plugin.js';
import { Breaker } from './breaker.js';
import { guardVideo } from './video-calls.js';

const VIDEO = 'video@1';

/** The provider of each capability slot: the one an administrator chose while it runs, else the first that runs. */
@Injectable()
export class KernelProviders extends Providers {
  private readonly guarded = new WeakMap<RunningPlugin, VideoProvider>();

  constructor(
    private readonly registry: PluginRegistry,
    private readonly assets: Assets,
    @Inject(KERNEL_OPTIONS) private readonly options: KernelOptions,
  ) {
    super();
  }

  video(): VideoProvider {
    const plugin = this.chosen();
    if (!plugin) throw new ProviderError('unavailable', 'no video plugin is running');
    const known = this.guarded.get(plugin);
    if (known) return known;
    const provider = this.guard(plugin);
    this.guarded.set(plugin, provider);
    return provider;
  }

  private chosen(): RunningPlugin | undefined {
    const able = this.registry.all().filter((unit) => unit.running?.definition.provides?.[VIDEO]);
    return (able.find((unit) => unit.chosenFor.includes(VIDEO)) ?? able[0])?.running;
  }

  private guard(plugin: RunningPlugin): VideoProvider {
    const token = plugin.definition.provides?.[VIDEO];
    if (!token) throw new ProviderError('unsupported', `${plugin.id} provides no video`);
    const breaker = new Breaker(Date.now, (open) => {
      const unit = this.registry.find(plugin.id);
      void (open
        ? unit?.mood('degraded', 'provider', 'video calls failed several times in a row')
        : unit?.mood('active'));
    });
    return guardVideo(plugin, plugin.context().get(token), breaker, {
      milliseconds: this.options.deadlines?.video ?? DEADLINES.video,
      address: (file) => this.assets.urlOf(plugin.id, file),
    });
  }
}
