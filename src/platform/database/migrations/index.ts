import type { MigrationClass } from '../migrate.js';
import { PlatformExtensions1764000000001 } from './1764000000001-platform-extensions.js';
import { LiveSpool1764000000002 } from './1764000000002-live-spool.js';

/** Migrations of schema `core` that every feature builds on. */
export const platformMigrations: readonly MigrationClass[] = [PlatformExtensions1764000000001];

/** Migrations of schema `kernel` that the platform needs. */
export const platformKernelMigrations: readonly MigrationClass[] = [LiveSpool1764000000002];
