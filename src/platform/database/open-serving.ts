import type { DataSource } from 'typeorm';
import { messageOf } from '../process/error-facts.js';
import { assertServer } from './assert-server.js';
import { connectError } from './connect-error.js';
import type { ConnectionSettings } from './connection-settings.js';
import { openDataSource, type OpenOptions } from './data-source.js';
import { APP_URL, type RuntimeUser } from './roles/runtime-user.js';

export interface ServingOptions extends Omit<OpenOptions, 'settings'> {
  readonly runtime: RuntimeUser;
  /** The owner of the database, who stands in for a user that the server made and that cannot be used. */
  readonly owner: ConnectionSettings;
  readonly production: boolean;
  readonly tls: 'required' | 'off';
}

/** The server's one pool, and what is to be said about it. */
export interface Serving {
  readonly dataSource: DataSource;
  readonly warnings: readonly string[];
}

/**
 * Opens the pool as the runtime user and checks the server as that user sees it: settings can be made for one role alone. A user that
 * was configured and cannot be used is an error. One that the server made by itself must never be why a server that worked before
 * does not start: then it works as the owner, and says so.
 * @throws FatalError with one line for each thing to correct.
 */
export async function openServing(options: ServingOptions): Promise<Serving> {
  const { runtime, owner } = options;
  const own = runtime.warning ? [runtime.warning] : [];
  if (runtime.kind !== 'made') {
    const serving = await open(options, runtime.settings);
    return { ...serving, warnings: [...own, ...serving.warnings] };
  }
  try {
    return await open(options, runtime.settings);
  } catch (error) {
    const serving = await open(options, owner);
    const why = `database: the server works as the owner of the database, because ${runtime.role} cannot be used`;
    return { ...serving, warnings: [`${why}: ${messageOf(error)}`, ...serving.warnings] };
  }
}

async function open(options: ServingOptions, settings: ConnectionSettings): Promise<Serving> {
  const { production, tls, runtime } = options;
  const variable = runtime.kind === 'configured' ? APP_URL : undefined;
  const dataSource = await openDataSource({ ...options, settings }).catch((error: unknown) => {
    throw connectError(error, settings, variable);
  });
  try {
    return { dataSource, warnings: await assertServer(dataSource, { settings, production, tls, variable }) };
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}
