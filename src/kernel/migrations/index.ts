import { PluginRegistry1764000900001 } from './plugin-registry.migration.js';

/** Migrations of the `kernel` schema, oldest first. */
export const kernelMigrations = [PluginRegistry1764000900001];
