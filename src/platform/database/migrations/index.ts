import type { MigrationClass } from '../migrate.js';
import { readOnly, type TableGrants } from '../roles/table-grants.js';
import { PlatformExtensions1764000000001 } from './1764000000001-platform-extensions.js';
import { LiveSpool1764000000002 } from './1764000000002-live-spool.js';
import { RefuseChange1764000000010 } from './1764000000010-refuse-change.js';

/** Migrations of schema `core` that every feature builds on. */
export const platformMigrations: readonly MigrationClass[] = [
  PlatformExtensions1764000000001,
  RefuseChange1764000000010,
];

/** Migrations of schema `kernel` that the platform needs. */
export const platformKernelMigrations: readonly MigrationClass[] = [LiveSpool1764000000002];

/** What has run is the owner's to write. */
export const platformGrants: readonly TableGrants[] = [readOnly('kernel.migration'), readOnly('core.migration')];
