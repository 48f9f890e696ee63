import type { PluginStatus } from '../platform/ports/plugin-admin.js';
import type { PluginUnit } from './lifecycle/plugin-unit.js';

export function statusOf(unit: PluginUnit): PluginStatus {
  const { candidate, definition, running } = unit;
  const database = running?.parts.database;
  return {
    id: unit.id,
    title: unit.manifest?.title ?? unit.id,
    version: candidate.version,
    state: unit.state,
    reason: unit.reason,
    detail: unit.detail,
    enabled: unit.enabled,
    startable: unit.isStartable,
    running: running !== undefined,
    manifest: unit.manifest,
    chosenFor: unit.chosenFor,
    storage: !database ? 'none' : database.ownRole ? 'own-role' : 'shared-role',
    panels: Object.entries(running?.definition.panels ?? {}).map(([name, { title }]) => ({
      name,
      title: `${unit.id}:${title}`,
    })),
    hasSettings: (definition?.settings?.length ?? 0) > 0,
  };
}
