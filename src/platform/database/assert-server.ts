import type { DataSource } from 'typeorm';
import { FatalError } from '../process/fatal.js';
import { isLocal, type ConnectionSettings } from './connection-settings.js';

/** Settings read from `pg_settings`, all as text. */
export type ServerFacts = Readonly<Record<string, string>>;

export interface ServerVerdict {
  /** Cannot work at all. */
  readonly impossible: readonly string[];
  /** Could lose or print data: refused in production, warned about elsewhere. */
  readonly unsafe: readonly string[];
  /** Worth knowing. */
  readonly advice: readonly string[];
}

const NAMES = [
  'server_version_num',
  'server_encoding',
  'fsync',
  'full_page_writes',
  'synchronous_commit',
  'data_checksums',
  'log_statement',
  'log_error_verbosity',
  'log_min_messages',
  'log_parameter_max_length',
  'log_parameter_max_length_on_error',
  'log_min_duration_statement',
  'log_duration',
] as const;

/**
 * Checks at boot that the database keeps what it acknowledges and prints no values into its log.
 * @returns lines to warn about.
 * @throws FatalError with one line per setting that must be changed first.
 */
export async function assertServer(
  dataSource: DataSource,
  options: {
    readonly settings: ConnectionSettings;
    readonly production: boolean;
    readonly tls: 'required' | 'off';
    /** The setting the connection comes from, for messages. */
    readonly variable?: string;
  },
): Promise<string[]> {
  const verdict = judgeServer(await serverFacts(dataSource), {
    encrypted: await isEncrypted(dataSource),
    local: isLocal(options.settings) || options.tls === 'off',
    variable: options.variable,
  });
  const refused = options.production ? [...verdict.impossible, ...verdict.unsafe] : verdict.impossible;
  if (refused.length > 0) throw new FatalError(refused.join('\n'));
  return [...verdict.unsafe, ...verdict.advice];
}

/** Reads what `judgeServer` judges. */
export async function serverFacts(dataSource: DataSource): Promise<ServerFacts> {
  const rows: { name: string; setting: string }[] = await dataSource.query(
    'select name, setting from pg_settings where name = any($1)',
    [NAMES],
  );
  return Object.fromEntries(rows.map((row) => [row.name, row.setting]));
}

async function isEncrypted(dataSource: DataSource): Promise<boolean> {
  const [row]: { ssl: boolean }[] = await dataSource.query('select ssl from pg_stat_ssl where pid = pg_backend_pid()');
  return row?.ssl ?? false;
}

/** The rules, apart from reading. `local` is true where no TLS is needed. */
export function judgeServer(
  facts: ServerFacts,
  link: { encrypted: boolean; local: boolean; variable?: string },
): ServerVerdict {
  const impossible: string[] = [];
  const unsafe: string[] = [];
  const advice: string[] = [];
  const must = (name: string, allowed: readonly string[], why: string): void => {
    if (!allowed.includes(facts[name]))
      unsafe.push(`PostgreSQL: ${name} is ${facts[name]}; set it to ${allowed[0]} (${why}).`);
  };
  if (Number(facts.server_version_num) < 150_000) {
    impossible.push(`PostgreSQL: version ${facts.server_version_num} is too old; use 15 or newer.`);
  }
  if (facts.server_encoding !== 'UTF8') {
    impossible.push(
      `PostgreSQL: the encoding of the database is ${facts.server_encoding}; make it with ENCODING 'UTF8'.`,
    );
  }
  must('fsync', ['on'], 'a power cut could damage the database');
  must('full_page_writes', ['on'], 'a power cut could damage the database');
  must('synchronous_commit', ['on', 'remote_apply', 'remote_write'], 'what was shown as saved could be lost');
  must('log_statement', ['none', 'ddl'], 'statements would be written into its log');
  must('log_parameter_max_length_on_error', ['0'], 'values would be written into its log');
  if (!['log', 'fatal', 'panic'].includes(facts.log_min_messages)) {
    must('log_error_verbosity', ['terse'], 'details of errors hold values, which would be written into its log');
  }
  if (facts.log_min_duration_statement !== '-1' || facts.log_duration === 'on') {
    must('log_parameter_max_length', ['0'], 'values of slow statements would be written into its log');
  }
  if (!link.encrypted && !link.local) {
    unsafe.push(
      `${link.variable ?? 'DATABASE_URL'}: the connection is not encrypted; add ?sslmode=verify-full, or say ALCOVE_DATABASE_TLS=off.`,
    );
  }
  if (facts.data_checksums !== 'on') {
    advice.push('PostgreSQL: data checksums are off; damage on the disk would go unseen (pg_checksums --enable).');
  }
  return { impossible, unsafe, advice };
}
