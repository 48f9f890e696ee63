import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the kernel knows of plugins between two runs. The schema `kernel` is there before any migration. */
export class PluginRegistry1764000900001 implements MigrationInterface {
  name = 'PluginRegistry1764000900001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE kernel.plugin (
        id text PRIMARY KEY,
        version text NOT NULL,
        enabled boolean NOT NULL,
        state text NOT NULL,
        reason text,
        detail text,
        chosen_for text[] NOT NULL DEFAULT '{}',
        strikes timestamptz[] NOT NULL DEFAULT '{}',
        updated_at timestamptz NOT NULL DEFAULT now()
      )`);
    await runner.query(`
      CREATE TABLE kernel.plugin_start (
        boot_id uuid NOT NULL,
        plugin_id text NOT NULL,
        host text NOT NULL,
        pid integer NOT NULL,
        at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (boot_id, plugin_id)
      )`);
    await runner.query(`
      CREATE TABLE kernel.plugin_setting (
        plugin_id text NOT NULL,
        key text NOT NULL,
        value text,
        value_enc bytea,
        updated_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (plugin_id, key),
        CHECK ((value IS NULL) <> (value_enc IS NULL))
      )`);
    await runner.query(`
      CREATE TABLE kernel.plugin_job (
        plugin_id text NOT NULL,
        name text NOT NULL,
        last_at timestamptz NOT NULL,
        PRIMARY KEY (plugin_id, name)
      )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE kernel.plugin_job, kernel.plugin_setting, kernel.plugin_start, kernel.plugin');
  }
}
