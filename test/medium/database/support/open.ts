import type { DataSource } from 'typeorm';
import { parseDatabaseUrl } from '../../../../src/platform/database/connection-settings.js';
import { openDataSource, type PoolLimits } from '../../../../src/platform/database/data-source.js';
import type { TestDatabase } from '../../../support/database.js';

export const LIMITS: PoolLimits = { poolMax: 4, connectTimeoutMs: 1_500, statementTimeoutMs: 5_000 };

/** A pool on a test database, with the limits of the server. */
export const openTest = (database: TestDatabase, limits: Partial<PoolLimits> = {}): Promise<DataSource> =>
  openDataSource({ settings: parseDatabaseUrl(database.url), limits: { ...LIMITS, ...limits } });
