import { Injectable } from '@nestjs/common';
import type { Principal } from '../platform/access/principal.js';
import { DomainError, notFound } from '../platform/errors/domain-error.js';
import type { Contribution } from '../platform/ports/contributions.js';
import {
  PluginAdmin,
  type PanelViewer,
  type PluginSettingStatus,
  type PluginStatus,
  type SettingFault,
} from '../platform/ports/plugin-admin.js';
import { Work, type Tx } from '../platform/work/work.js';
import { checkSetting, PluginSettings } from './host/plugin-settings.js';
import { Kernel, PLUGINS_TOPIC } from './kernel.js';
import { PluginRecords } from './lifecycle/plugin-record.repository.js';
import { PluginRegistry } from './lifecycle/plugin-registry.js';
import type { PluginUnit } from './lifecycle/plugin-unit.js';
import { statusOf } from './plugin-status.js';
import { KernelContributions } from './slots/kernel-contributions.js';
import { KERNEL_ERRORS } from './kernel.errors.js';

/** Every change is stored, audited and signalled in one transaction; then this process follows it and the others follow the signal. */
@Injectable()
export class PluginManager extends PluginAdmin {
  constructor(
    private readonly kernel: Kernel,
    private readonly registry: PluginRegistry,
    private readonly records: PluginRecords,
    private readonly contributions: KernelContributions,
    private readonly settingStore: PluginSettings,
    private readonly work: Work,
  ) {
    super();
  }

  list(): PluginStatus[] {
    return this.registry.all().map(statusOf);
  }

  one(id: string): PluginStatus {
    return statusOf(this.unit(id));
  }

  async enable(who: Principal, id: string): Promise<void> {
    await this.change(who, this.startable(id), 'plugin.enable', (tx) => this.records.setEnabled(tx.manager, id, true));
  }

  async disable(who: Principal, id: string): Promise<void> {
    await this.change(who, this.unit(id), 'plugin.disable', (tx) => this.records.setEnabled(tx.manager, id, false));
  }

  async retry(who: Principal, id: string): Promise<void> {
    await this.change(who, this.startable(id), 'plugin.retry', (tx) => this.records.setEnabled(tx.manager, id, true), {
      restart: true,
    });
  }

  async choose(who: Principal, id: string, slot: string): Promise<void> {
    const unit = this.unit(id);
    if (!unit.manifest?.provides?.some((name) => name === slot)) throw notFound();
    await this.change(who, unit, 'plugin.choose', (tx) => this.records.choose(tx.manager, slot, id));
    // The choice takes the slot away from another one.
    await Promise.all(this.registry.all().map((other) => this.kernel.follow(other.id)));
  }

  async panel(id: string, name: string, viewer: PanelViewer): Promise<Contribution> {
    const { running, manifest } = this.unit(id);
    if (!running) {
      if (!manifest?.ui?.panels?.includes(name)) throw notFound();
      return { pluginId: id, failure: 'not-running' };
    }
    const drawn = await this.contributions.panel(running, name, viewer);
    if (!drawn) throw notFound();
    return drawn;
  }

  async settings(id: string): Promise<PluginSettingStatus[]> {
    const declared = this.unit(id).definition?.settings ?? [];
    const sources = await this.settingStore.sources(id, declared);
    return Promise.all(
      declared.map(async (definition) => ({
        definition,
        source: sources.get(definition.key) ?? 'none',
        value: definition.kind === 'secret' ? null : ((await this.settingStore.read(id, definition)) ?? null),
      })),
    );
  }

  async saveSettings(
    who: Principal,
    id: string,
    typed: Readonly<Record<string, string>>,
  ): Promise<Readonly<Record<string, SettingFault>>> {
    const unit = this.unit(id);
    const answers = (await this.settings(id))
      .filter(({ definition, source }) => source !== 'environment' && Object.hasOwn(typed, definition.key))
      // A secret is never shown, so an empty field means "as it is".
      .filter(({ definition }) => definition.kind !== 'secret' || typed[definition.key] !== '')
      .map(({ definition }) => ({ definition, ...checkSetting(definition, typed[definition.key]) }));
    const faults = answers.flatMap(({ definition, fault }) => (fault ? [[definition.key, fault] as const] : []));
    if (faults.length > 0) return Object.fromEntries(faults);
    const store = async (tx: Tx): Promise<void> => {
      for (const { definition, value } of answers) await this.settingStore.write(tx.manager, id, definition, value);
    };
    const changed = answers.map(({ definition }) => definition.key).join(' ');
    await this.change(who, unit, 'plugin.settings', store, { restart: true, facts: { changed } });
    return {};
  }

  private async change(
    who: Principal,
    unit: PluginUnit,
    action: string,
    act: (tx: Tx) => Promise<void>,
    { restart = false, facts = {} }: { restart?: boolean; facts?: Readonly<Record<string, string>> } = {},
  ): Promise<void> {
    await this.work.run(who, async (tx) => {
      await act(tx);
      tx.audit({ action, object: `plugin:${unit.id}`, facts });
      tx.live(PLUGINS_TOPIC, 'changed', { id: unit.id, restart: String(restart), by: this.kernel.bootId });
    });
    await this.kernel.follow(unit.id, restart);
  }

  private unit(id: string): PluginUnit {
    const unit = this.registry.find(id);
    if (!unit) throw notFound();
    return unit;
  }

  private startable(id: string): PluginUnit {
    const unit = this.unit(id);
    if (!unit.isStartable) throw new DomainError(KERNEL_ERRORS['plugin.not-startable'], { state: unit.state });
    return unit;
  }
}
