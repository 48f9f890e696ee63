import { ENTITIES } from './create-app.js';
import { DATABASE_PLAN } from './migrations.js';
import type { Config } from './platform/config/config.js';
import { checkKeyRing, databaseHasKeys } from './platform/crypto/key-check.js';
import { loadOrCreateKeyRing } from './platform/crypto/key-ring.file.js';
import { KeyRingHolder } from './platform/crypto/key-ring.holder.js';
import { deriveKey, type KeyRing } from './platform/crypto/key-ring.js';
import { assertServer } from './platform/database/assert-server.js';
import type { ConnectionSettings } from './platform/database/connection-settings.js';
import { openDataSource } from './platform/database/data-source.js';
import { configuredRuntime } from './platform/database/database-server.js';
import { openServing } from './platform/database/open-serving.js';
import { OwnerDatabase } from './platform/database/owner-database.js';
import { prepareDatabase } from './platform/database/prepare-database.js';
import type { RuntimeUser } from './platform/database/roles/runtime-user.js';
import type { Ground } from './platform/platform.module.js';

/** What the server stands on, and what is to be said about it. */
export interface OpenedGround extends Omit<Ground, 'log'> {
  readonly runtime: RuntimeUser;
  readonly warnings: readonly string[];
}

/** An upgrade of the job queue may build indexes meanwhile. */
const OWNER_STATEMENT_TIMEOUT_MS = 30 * 60_000;

/**
 * Prepares the database as its owner, closes that connection, and opens the server's pool as the runtime user.
 * @param database the owner.
 * @param keys given by tests; otherwise the key file, which the first start makes.
 * @throws FatalError, or `keys-*`, with a line for each thing to correct.
 */
export async function openGroundOn(
  config: Config,
  database: ConnectionSettings,
  onConnectionLost?: (error: Error) => void,
  keys?: KeyRing,
): Promise<OpenedGround> {
  const production = config.runtime.isProduction;
  const { tls } = config.database;
  const settings = { file: config.data.file('keys.json'), inline: config.keys.inline ?? undefined };
  const limits = { ...config.database, poolMax: 1, statementTimeoutMs: OWNER_STATEMENT_TIMEOUT_MS };
  const owner = await openDataSource({ settings: database, limits, applicationName: 'alcove: prepare' });
  let ring: KeyRing;
  let runtime: RuntimeUser;
  const warnings: string[] = [];
  try {
    warnings.push(...(await assertServer(owner, { settings: database, production, tls })));
    ring = keys ?? (await loadOrCreateKeyRing({ ...settings, databaseHasKeys: await databaseHasKeys(owner) }));
    const prepared = await prepareDatabase(owner, DATABASE_PLAN, {
      owner: database,
      configured: configuredRuntime(config),
      // With other keys the password would be another one, and servers that are at work could not log in any more.
      beforeUsers: (migrated) => checkKeyRing(migrated, ring),
      passwordFor: (role) => deriveKey(ring.root, `database-user/${role}`).toString('hex'),
    });
    ({ runtime } = prepared);
    warnings.push(...prepared.warnings);
  } finally {
    await owner.destroy();
  }
  const serving = await openServing({
    runtime,
    owner: database,
    limits: config.database,
    entities: ENTITIES,
    production,
    tls,
    onConnectionLost,
  });
  return {
    config,
    dataSource: serving.dataSource,
    owner: new OwnerDatabase(database, config.database),
    keys: new KeyRingHolder(ring, settings),
    runtime,
    warnings: [...new Set([...warnings, ...serving.warnings])],
  };
}
