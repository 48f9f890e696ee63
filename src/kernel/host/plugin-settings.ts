import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import type { SettingDefinition } from '@alcove/sdk';
import type { EntityManager } from 'typeorm';
import { Vault } from '../../platform/crypto/vault.js';
import type { PluginSettingStatus, SettingFault } from '../../platform/ports/plugin-admin.js';
import { namedQuery, Sql } from '../../platform/database/sql.js';

interface StoredSetting {
  readonly key: string;
  readonly value: string | null;
  readonly sealed: Buffer | null;
}

const OF_PLUGIN = namedQuery<StoredSetting>(
  'kernel.plugin-settings',
  'SELECT key, value, value_enc AS sealed FROM kernel.plugin_setting WHERE plugin_id = $1',
);

/** Values of plugin settings: environment first, then what was saved (secrets sealed), then the declared default. */
@Injectable()
export class PluginSettings {
  constructor(
    private readonly sql: Sql,
    private readonly vault: Vault,
  ) {}

  async read(pluginId: string, setting: SettingDefinition): Promise<string | undefined> {
    const fixed = fromEnvironment(setting);
    if (fixed !== undefined) return fixed;
    const stored = (await this.sql.rows(OF_PLUGIN, [pluginId])).find((row) => row.key === setting.key);
    if (stored?.sealed) return this.vault.open('secret', place(pluginId, setting.key), stored.sealed);
    return stored?.value ?? (setting.default === undefined ? undefined : String(setting.default));
  }

  /** Which settings have a value, and from where; no secret is opened. */
  async sources(
    pluginId: string,
    settings: readonly SettingDefinition[],
  ): Promise<ReadonlyMap<string, PluginSettingStatus['source']>> {
    const stored = new Set((await this.sql.rows(OF_PLUGIN, [pluginId])).map((row) => row.key));
    return new Map(
      settings.map((setting) => {
        if (fromEnvironment(setting) !== undefined) return [setting.key, 'environment'];
        if (stored.has(setting.key)) return [setting.key, 'saved'];
        return [setting.key, setting.default === undefined ? 'none' : 'default'];
      }),
    );
  }

  /** Stores a value; `undefined` removes it, so that the default counts again. */
  async write(
    manager: EntityManager,
    pluginId: string,
    setting: SettingDefinition,
    value: string | undefined,
  ): Promise<void> {
    if (value === undefined) {
      await manager.query('DELETE FROM kernel.plugin_setting WHERE plugin_id = $1 AND key = $2', [
        pluginId,
        setting.key,
      ]);
      return;
    }
    const sealed =
      setting.kind === 'secret' ? await this.vault.seal('secret', place(pluginId, setting.key), value) : null;
    await manager.query(
      `INSERT INTO kernel.plugin_setting (plugin_id, key, value, value_enc) VALUES ($1, $2, $3, $4)
       ON CONFLICT (plugin_id, key) DO UPDATE SET value = $3, value_enc = $4, updated_at = now()`,
      [pluginId, setting.key, sealed ? null : value, sealed],
    );
  }
}

const place = (pluginId: string, key: string) => ({
  table: 'kernel.plugin_setting',
  column: 'value_enc',
  row: `${pluginId}/${key}`,
});

function fromEnvironment(setting: SettingDefinition): string | undefined {
  if (!setting.env) return undefined;
  const direct = process.env[setting.env];
  if (direct !== undefined && direct !== '') return direct;
  const file = process.env[`${setting.env}_FILE`];
  return file ? readFileSync(file, 'utf8').trim() : undefined;
}

/** What an administrator typed for one setting, checked; no value means that it is to be removed. */
export function checkSetting(setting: SettingDefinition, typed: string): { value?: string; fault?: SettingFault } {
  if (typed === '') return setting.required && setting.kind !== 'secret' ? { fault: 'required' } : {};
  switch (setting.kind) {
    case 'flag':
      return { value: typed === 'true' ? 'true' : 'false' };
    case 'number': {
      const number = Number(typed);
      const inside = number >= (setting.min ?? -Infinity) && number <= (setting.max ?? Infinity);
      return Number.isFinite(number) && inside ? { value: String(number) } : { fault: 'number' };
    }
    case 'choice':
      return Object.hasOwn(setting.options ?? {}, typed) ? { value: typed } : { fault: 'choice' };
    case 'text':
    case 'secret':
      if (typed.length > 2_000) return { fault: 'long' };
      return setting.pattern && !new RegExp(`^(?:${setting.pattern})$`, 'u').test(typed)
        ? { fault: 'pattern' }
        : { value: typed };
  }
}
