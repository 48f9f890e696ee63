import { Inject, Injectable } from '@nestjs/common';
import type { PluginContext } from '@alcove/sdk';
import { EventBus } from '../../platform/events/event-bus.js';
import { LOG, type Log } from '../../platform/logging/log.js';
import { DEADLINES, KERNEL_OPTIONS, type KernelOptions } from '../kernel.options.js';
import { detailOf } from './detail.js';
import { PluginRecords } from './plugin-record.repository.js';
import { PluginRegistry } from './plugin-registry.js';
import type { RunningPlugin } from './running-plugin.js';

/** The longest run of a job or handler of an event. */
const LONGEST_RUN = 120_000;

/** What a running plugin is called for by the clock and by events. Ends by itself when the plugin stops. */
@Injectable()
export class PluginChores {
  private readonly subscribed = new Set<string>();

  constructor(
    private readonly registry: PluginRegistry,
    private readonly records: PluginRecords,
    private readonly events: EventBus,
    @Inject(KERNEL_OPTIONS) private readonly options: KernelOptions,
    @Inject(LOG) private readonly log: Log,
  ) {}

  begin(plugin: RunningPlugin): void {
    const { jobs = [], lifecycle } = plugin.definition;
    for (const { name, everySeconds, run } of jobs) {
      every(
        plugin,
        everySeconds * 1_000,
        async () => {
          if (await this.records.claimJob(plugin.id, name, everySeconds)) await this.run(plugin, `job ${name}`, run);
        },
        (error) => this.log.warn({ plugin: plugin.id, job: name, err: error }, 'plugins: a job could not be claimed'),
      );
    }
    const health = lifecycle?.health;
    if (health) {
      every(
        plugin,
        this.options.deadlines?.healthEvery ?? DEADLINES.healthEvery,
        () => this.askHealth(plugin, health),
        (error) => this.log.warn({ plugin: plugin.id, err: error }, 'plugins: health could not be noted'),
      );
    }
    this.subscribe(plugin);
  }

  private async run(
    plugin: RunningPlugin,
    what: string,
    call: (context: PluginContext) => Promise<void>,
  ): Promise<void> {
    try {
      await plugin.call(LONGEST_RUN, call);
    } catch (error) {
      this.log.warn({ plugin: plugin.id, what, err: error }, 'plugins: a run failed');
    }
  }

  private async askHealth(plugin: RunningPlugin, health: (context: PluginContext) => Promise<void>): Promise<void> {
    const unit = this.registry.find(plugin.id);
    try {
      await plugin.call(this.options.deadlines?.call ?? DEADLINES.call, health);
      if (unit?.reason === 'health') await unit.mood('active');
    } catch (error) {
      await unit?.mood('degraded', 'health', detailOf(error));
    }
  }

  /** Once per process and event type: the queue outlives a restart of the plugin, and finds whichever instance runs. */
  private subscribe(plugin: RunningPlugin): void {
    for (const type of Object.keys(plugin.definition.on ?? {})) {
      const subscriber = `plugin.${plugin.id}.${type}`;
      if (this.subscribed.has(subscriber)) continue;
      this.subscribed.add(subscriber);
      this.events.subscribe(subscriber, [type], async (event) => {
        const unit = this.registry.find(plugin.id);
        if (!unit?.enabled) return;
        if (!unit.running) throw new Error(`${plugin.id} is not running: the event is tried again later`);
        const handle = unit.running.definition.on?.[type];
        if (handle) await unit.running.call(LONGEST_RUN, (context) => handle(event, context));
      });
    }
  }
}

/** Repeats, one run at a time, until the plugin stops. */
function every(
  plugin: RunningPlugin,
  milliseconds: number,
  run: () => Promise<void>,
  onError: (error: unknown) => void,
): void {
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    run()
      .catch(onError)
      .finally(() => {
        busy = false;
      });
  }, milliseconds).unref();
  plugin.signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
