import path from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { systemPrincipal } from '../../platform/access/principal.js';
import { AuditWriter } from '../../platform/audit/audit-writer.js';
import { newId } from '../../platform/ids.js';
import { LOG, type Log } from '../../platform/logging/log.js';
import { discover, type Candidate } from '../discovery/discover.js';
import { sdkVersion } from '../discovery/manifest-check.js';
import { inRange } from '../discovery/semver-range.js';
import { DEADLINES, KERNEL_OPTIONS, type KernelOptions } from '../kernel.options.js';
import { secondCopies } from '../trust/shared-packages.js';
import { PluginChores } from './plugin-chores.js';
import { PluginRecords } from './plugin-record.repository.js';
import { PluginStarter } from './plugin-starter.js';
import { PluginUnit, type UnitWorld } from './plugin-unit.js';
import type { PluginReason, PluginState } from './states.js';

const KERNEL = systemPrincipal('kernel');

/** Finds plugins, examines what can be said without running them, and gives each a unit to live in. */
@Injectable()
export class UnitFactory {
  /** This run of this process. */
  readonly bootId = newId();

  constructor(
    private readonly starter: PluginStarter,
    private readonly records: PluginRecords,
    private readonly chores: PluginChores,
    private readonly audit: AuditWriter,
    @Inject(KERNEL_OPTIONS) private readonly options: KernelOptions,
    @Inject(LOG) private readonly log: Log,
  ) {}

  discover(): Candidate[] {
    return discover([
      ...this.options.pluginRoots.map((folder) => ({ folder, source: 'first-party' as const })),
      { folder: path.join(this.options.dataDir, 'plugins'), source: 'installed' },
    ]);
  }

  make(candidate: Candidate): PluginUnit {
    return new PluginUnit(candidate, this.world());
  }

  /** Sets the states that no start can change. */
  async examine(unit: PluginUnit): Promise<void> {
    const fault = staticFault(unit.candidate);
    if (fault) await unit.stop(...fault);
  }

  private world(): UnitWorld {
    return {
      deadlines: { ...DEADLINES, ...this.options.deadlines },
      log: this.log,
      now: () => new Date(),
      start: (candidate, signal, loaded) => this.starter.start(candidate, signal, loaded),
      started: (running) => this.chores.begin(running),
      remember: (unit) => this.remember(unit),
      rememberStrikes: (unit) => this.records.setStrikes(unit.id, unit.strikes),
      marked: async (pluginId, start) => {
        await this.records.markStart(this.bootId, pluginId);
        await start();
        await this.records.clearStart(this.bootId, pluginId);
      },
    };
  }

  private async remember({ id, state, reason, detail, candidate }: PluginUnit): Promise<void> {
    if (reason === 'safe-mode') return;
    await this.records.setState(id, state, reason, detail);
    if (state === 'starting') return;
    await this.audit.record(KERNEL, {
      action: 'plugin.state',
      object: `plugin:${id}`,
      outcome: state === 'active' || state === 'disabled' ? 'ok' : 'failed',
      facts: { state, reason, version: candidate.version },
    });
  }
}

function staticFault(candidate: Candidate): [PluginState, PluginReason, string] | undefined {
  if (candidate.faults.length > 0) return ['invalid', 'manifest', candidate.faults.join('\n')];
  if (candidate.source === 'installed')
    return ['unapproved', 'not-approved', 'installed plugins cannot be approved by this version of the server'];
  const range = candidate.peers['@alcove/sdk'];
  const ours = sdkVersion();
  if (!range) return ['invalid', 'manifest', 'peerDependencies: "@alcove/sdk" is missing, for example "^1.0.0"'];
  if (!inRange(ours, range)) return ['incompatible', 'sdk-range', `needs SDK ${range}, this server has ${ours}`];
  const copies = secondCopies(candidate.folder);
  return copies.length > 0 ? ['duplicate-sdk', 'second-copy', copies.join('\n')] : undefined;
}
