import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { namedQuery, Sql } from '../../platform/database/sql.js';
import type { PluginReason, PluginState } from './states.js';

/** A row of `kernel.plugin`: what is remembered of a plugin. The state is the one last reported by any server process. */
export interface PluginRecord {
  readonly id: string;
  readonly version: string;
  readonly enabled: boolean;
  readonly state: PluginState;
  readonly reason: PluginReason | null;
  readonly detail: string | null;
  /** Capability slots an administrator chose this plugin for. */
  readonly chosenFor: readonly string[];
  readonly strikes: readonly Date[];
  readonly updatedAt: Date;
}

/** A start that was begun by some process and has not come to an end. */
export interface StartMarker {
  readonly bootId: string;
  readonly pluginId: string;
  readonly host: string;
  readonly pid: number;
  readonly at: Date;
}

const COLUMNS = `id, version, enabled, state, reason, detail, chosen_for AS "chosenFor", strikes, updated_at AS "updatedAt"`;
const ALL = namedQuery<PluginRecord>('kernel.plugins', `SELECT ${COLUMNS} FROM kernel.plugin ORDER BY id`);
const ONE = namedQuery<PluginRecord>('kernel.plugin', `SELECT ${COLUMNS} FROM kernel.plugin WHERE id = $1`);
const MARKERS = namedQuery<StartMarker>(
  'kernel.plugin-starts',
  `SELECT boot_id AS "bootId", plugin_id AS "pluginId", host, pid, at FROM kernel.plugin_start`,
);

@Injectable()
export class PluginRecords {
  constructor(
    private readonly dataSource: DataSource,
    private readonly sql: Sql,
  ) {}

  all(): Promise<PluginRecord[]> {
    return this.sql.rows(ALL);
  }

  one(id: string): Promise<PluginRecord | undefined> {
    return this.sql.first(ONE, [id]);
  }

  /** Makes sure that there is a row, and notes the version that lies on disk. */
  async meet(id: string, version: string, enabled: boolean): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO kernel.plugin (id, version, enabled, state) VALUES ($1, $2, $3, 'found')
       ON CONFLICT (id) DO UPDATE SET version = $2 WHERE kernel.plugin.version <> $2`,
      [id, version, enabled],
    );
  }

  async setState(id: string, state: PluginState, reason: PluginReason | null, detail: string | null): Promise<void> {
    await this.dataSource.query(
      `UPDATE kernel.plugin SET state = $2, reason = $3, detail = $4, updated_at = now()
       WHERE id = $1 AND (state, reason, detail) IS DISTINCT FROM ($2, $3, $4)`,
      [id, state, reason, detail],
    );
  }

  async setEnabled(manager: EntityManager, id: string, enabled: boolean): Promise<void> {
    await manager.query(
      `UPDATE kernel.plugin SET enabled = $2, state = 'disabled', reason = NULL, detail = NULL, strikes = '{}', updated_at = now()
       WHERE id = $1`,
      [id, enabled],
    );
  }

  async setStrikes(id: string, strikes: readonly Date[]): Promise<void> {
    await this.dataSource.query('UPDATE kernel.plugin SET strikes = $2, updated_at = now() WHERE id = $1', [
      id,
      strikes,
    ]);
  }

  async choose(manager: EntityManager, slot: string, id: string): Promise<void> {
    await manager.query(
      `UPDATE kernel.plugin SET chosen_for = CASE WHEN id = $2 THEN array_append(array_remove(chosen_for, $1), $1)
                                                  ELSE array_remove(chosen_for, $1) END`,
      [slot, id],
    );
  }

  async markStart(bootId: string, pluginId: string): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO kernel.plugin_start (boot_id, plugin_id, host, pid) VALUES ($1, $2, $3, $4)
       ON CONFLICT (boot_id, plugin_id) DO UPDATE SET at = now()`,
      [bootId, pluginId, hostname(), process.pid],
    );
  }

  async clearStart(bootId: string, pluginId: string): Promise<void> {
    await this.dataSource.query('DELETE FROM kernel.plugin_start WHERE boot_id = $1 AND plugin_id = $2', [
      bootId,
      pluginId,
    ]);
  }

  markers(): Promise<StartMarker[]> {
    return this.sql.rows(MARKERS);
  }

  /** True for exactly one of the processes that ask while a job is due. */
  async claimJob(pluginId: string, name: string, everySeconds: number): Promise<boolean> {
    const rows = await this.dataSource.query<unknown>(
      `INSERT INTO kernel.plugin_job (plugin_id, name, last_at) VALUES ($1, $2, now())
       ON CONFLICT (plugin_id, name) DO UPDATE SET last_at = now()
       WHERE kernel.plugin_job.last_at <= now() - make_interval(secs => $3)
       RETURNING 1`,
      [pluginId, name, everySeconds * 0.9],
    );
    return Array.isArray(rows) && rows.length > 0;
  }
}

const LONGEST_START = 30_000;

/** Whether the process that began a start is gone. Of other hosts only the time tells. */
export function isAbandoned(
  marker: StartMarker,
  bootId: string,
  now: Date,
  alive: (pid: number) => boolean = isAlive,
): boolean {
  if (marker.bootId === bootId) return false;
  if (marker.host === hostname()) return marker.pid === process.pid || !alive(marker.pid);
  return now.getTime() - marker.at.getTime() > LONGEST_START;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
