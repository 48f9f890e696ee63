import type { DataSource } from 'typeorm';
import type { ConnectionSettings } from './connection-settings.js';
import { openDataSource, type PoolLimits } from './data-source.js';

/**
 * The database as its owner, for what the runtime user may not do: making a schema for a plugin. Opened for one piece of work and
 * closed after it, so that a server at work holds no connection that could change tables.
 */
export class OwnerDatabase {
  constructor(
    private readonly settings: ConnectionSettings,
    private readonly limits: PoolLimits,
  ) {}

  /** @param purpose shown in `pg_stat_activity`. */
  async use<T>(purpose: string, work: (owner: DataSource) => Promise<T>): Promise<T> {
    const limits = { ...this.limits, poolMax: 1 };
    const owner = await openDataSource({ settings: this.settings, limits, applicationName: `alcove: ${purpose}` });
    try {
      return await work(owner);
    } finally {
      await owner.destroy();
    }
  }
}
