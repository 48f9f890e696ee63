import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { ClusterPaths } from '../../../src/platform/database/embedded/cluster-paths.js';
import { EmbeddedPostgres } from '../../../src/platform/database/embedded/embedded-postgres.js';
import { postmasterOf } from '../../../src/platform/database/embedded/orphan.js';
import { readConnection } from '../../../src/platform/database/embedded/socket-folder.js';
import { openDataSource } from '../../../src/platform/database/data-source.js';
import { FatalError } from '../../../src/platform/process/fatal.js';
import { isDatabaseGone } from '../../../src/platform/database/database-gone.js';
import { compileSources, type Compiled } from '../../support/compiled.js';
import { LIMITS } from './support/open.js';
import { isAlive, nodePath, run, until, type Running } from '../../support/processes.js';

const script = path.join(import.meta.dirname, 'support/hold-embedded.mjs');

describe('the bundled PostgreSQL', () => {
  let compiled: Compiled;
  let data: string;
  let paths: ClusterPaths;
  const running: Running[] = [];

  let made: string;

  beforeAll(async () => {
    compiled = compileSources('platform');
    // Most tests are about a database that is there: they get a copy of this one.
    made = mkdtempSync('/tmp/alcove-embedded-');
    const postgres = new EmbeddedPostgres(path.join(made, 'pg'));
    await postgres.start();
    await postgres.stop();
  });
  afterAll(() => {
    compiled.remove();
    rmSync(made, { recursive: true, force: true });
  });
  beforeEach(() => {
    // As root this folder is closed to the user PostgreSQL runs as: the hard case is the usual one.
    data = mkdtempSync('/tmp/alcove-embedded-');
    paths = new ClusterPaths(path.join(data, 'pg'));
  });
  afterEach(async () => {
    for (const process of running.splice(0)) {
      process.child.kill('SIGTERM');
      await process.ended;
    }
    await until('no PostgreSQL is left', () => postmasterOf(paths.cluster) === null);
    rmSync(data, { recursive: true, force: true });
  });

  const copyMade = (): void => void execFileSync('cp', ['-a', path.join(made, 'pg'), paths.folder]);
  const hold = (): Running => {
    const process = run(nodePath, [script, compiled.folder, data]);
    running.push(process);
    return process;
  };
  const query = async (text: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client({ ...readConnection(paths) });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(text)).rows;
    } finally {
      await client.end();
    }
  };
  const postmaster = (): number => postmasterOf(paths.cluster)?.pid ?? 0;

  it('is made, closed to others, owned by a role without rights over the machine, and found again', async () => {
    const postgres = new EmbeddedPostgres(paths.folder);
    const connection = await postgres.start();
    expect(connection).toMatchObject({ user: 'alcove', database: 'alcove', host: paths.run });
    const [facts] = await query(`
      select current_setting('server_encoding') as encoding, current_setting('data_checksums') as checksums,
             current_setting('listen_addresses') as addresses, current_setting('fsync') as fsync,
             current_setting('log_min_messages') as log,
             (select rolsuper from pg_roles where rolname = current_user) as super,
             (select rolcreaterole from pg_roles where rolname = current_user) as roles`);
    expect(facts).toEqual({
      encoding: 'UTF8',
      checksums: 'on',
      addresses: '',
      fsync: 'on',
      log: 'log',
      super: false,
      roles: true,
    });
    await query('create table kept (id int)');
    await expect(query(`copy kept from program 'id'`)).rejects.toThrow(/permission denied/);
    for (const folder of [paths.folder, paths.run, paths.cluster]) expect(statSync(folder).mode & 0o777).toBe(0o700);
    for (const file of [paths.password, paths.adminPassword, paths.connection, paths.log]) {
      expect(statSync(file).mode & 0o777).toBe(0o600);
    }
    await postgres.stop();
    expect(existsSync(paths.connection)).toBe(false);
    const again = new EmbeddedPostgres(paths.folder);
    await again.start();
    expect(await query('select count(*)::int as n from kept')).toEqual([{ n: 0 }]);
    await again.stop();
  });

  it('refuses a wrong password', async () => {
    copyMade();
    const postgres = new EmbeddedPostgres(paths.folder);
    const connection = await postgres.start();
    await expect(new pg.Client({ ...connection, password: 'wrong' }).connect()).rejects.toThrow(
      /password authentication failed/,
    );
    await postgres.stop();
  });

  it('writes no values into its log', async () => {
    copyMade();
    const postgres = new EmbeddedPostgres(paths.folder);
    await postgres.start();
    await query('create table people (email text primary key)');
    await query(`insert into people values ('canary@example.org')`);
    await expect(query(`insert into people values ('canary@example.org')`)).rejects.toThrow(/duplicate key/);
    await expect(query(`select 'canary-word'::int`)).rejects.toThrow(/invalid input/);
    await postgres.stop();
    const log = readFileSync(paths.log, 'utf8');
    expect(log).toMatch(/ready to accept connections/);
    expect(log).not.toMatch(/canary/);
  });

  it('does an interrupted first start again', async () => {
    mkdirSync(path.join(paths.folder, 'cluster.new-half'), { recursive: true });
    writeFileSync(path.join(paths.folder, 'cluster.new-half/PG_VERSION'), '18\n');
    writeFileSync(paths.adminPassword, 'of another try');
    const postgres = new EmbeddedPostgres(paths.folder);
    await postgres.start();
    expect(readdirSync(paths.folder).filter((name) => name.startsWith('cluster'))).toEqual(['cluster']);
    await postgres.stop();
  });

  it('says so when the password of an existing database is missing', async () => {
    copyMade();
    rmSync(paths.adminPassword);
    await expect(new EmbeddedPostgres(paths.folder).start()).rejects.toThrow(/password file .* is missing/);
  });

  it('stops when Node is killed, and keeps what was acknowledged', async () => {
    copyMade();
    const server = hold();
    await server.saw(/ready on/);
    await query('create table saved (id int)');
    await query('insert into saved values (1)');
    const pid = postmaster();
    expect(isAlive(pid)).toBe(true);
    server.child.kill('SIGKILL');
    await server.ended;
    await until('PostgreSQL ends with Node', () => !isAlive(pid), 5_000);
    await hold().saw(/ready on/);
    expect(await query('select id from saved')).toEqual([{ id: 1 }]);
  });

  it('ends a PostgreSQL that was left behind although its leash was killed, too', async () => {
    copyMade();
    const server = hold();
    await server.saw(/ready on/);
    const orphan = postmaster();
    // Everything but PostgreSQL itself: Node, the shell and the watcher inside it. Stopped first, so that none can react.
    const shells = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, 'utf8')
      .trim()
      .split(' ')
      .map(Number);
    const watchers = shells.flatMap((pid) =>
      readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
        .trim()
        .split(' ')
        .map(Number)
        .filter((child) => child !== orphan),
    );
    expect(watchers).toHaveLength(1);
    for (const pid of [...watchers, ...shells]) process.kill(pid, 'SIGSTOP');
    for (const pid of [server.pid, ...watchers, ...shells]) process.kill(pid, 'SIGKILL');
    await server.ended;
    await sleep(300);
    expect(isAlive(orphan)).toBe(true);
    const next = hold();
    await next.saw(/ready on/);
    expect(isAlive(orphan)).toBe(false);
    expect(postmaster()).not.toBe(orphan);
  });

  it('does not take another program for its PostgreSQL', async () => {
    copyMade();
    const postgres = new EmbeddedPostgres(paths.folder);
    // A lock file left by a power cut, whose pid another program has by now: this one.
    writeFileSync(path.join(paths.cluster, 'postmaster.pid'), `${process.pid}\n/proc/self/cwd\n0\n5432\n../run\n\n\n`);
    await postgres.start();
    expect(isAlive(process.pid)).toBe(true);
    await postgres.stop();
  });

  it('starts it again when it dies by itself', async () => {
    copyMade();
    const server = hold();
    await server.saw(/ready on/);
    const pid = postmaster();
    process.kill(pid, 'SIGKILL');
    await until('the old one is gone', () => !isAlive(pid));
    const failure = await query('select 1').then(
      () => null,
      (error: unknown) => error,
    );
    if (failure) expect(isDatabaseGone(failure)).toBe(true);
    await server.saw(/said: PostgreSQL ended by itself/);
    await until('it answers again', () =>
      query('select 1').then(
        () => true,
        () => false,
      ),
    );
    expect(postmaster()).not.toBe(pid);
  });

  it('lets a pool fail within two seconds while it is gone, and work again without being opened anew', async () => {
    copyMade();
    const server = hold();
    await server.saw(/ready on/);
    const dataSource = await openDataSource({ settings: readConnection(paths), limits: LIMITS });
    try {
      // Stopped so that it cannot be replaced at once: the folder of its socket is out of the way for a moment.
      renameSync(paths.run, `${paths.run}.away`);
      process.kill(postmaster(), 'SIGKILL');
      await sleep(300);
      for (let request = 0; request < 3; request++) {
        const began = performance.now();
        const failure: unknown = await dataSource.query('select 1').then(
          () => null,
          (error: unknown) => error,
        );
        expect(isDatabaseGone(failure)).toBe(true);
        expect(performance.now() - began).toBeLessThan(2_000);
      }
      renameSync(`${paths.run}.away`, paths.run);
      const works = (): Promise<boolean> =>
        dataSource.query('select 1').then(
          () => true,
          () => false,
        );
      await until('the pool works again', works);
    } finally {
      await dataSource.destroy();
    }
  });

  it('says in one line why it does not start', async () => {
    copyMade();
    rmSync(path.join(paths.cluster, 'global/pg_control'));
    const failure = await new EmbeddedPostgres(paths.folder).start().then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(FatalError);
    expect((failure as Error).message).toMatch(
      /^PostgreSQL does not start: [^\n]*pg_control[^\n]*\(see .*postgres\.log\)\.$/,
    );
  });

  it('stops cleanly on SIGTERM while it starts', async () => {
    const server = hold();
    await until('the cluster is begun', () => existsSync(paths.folder));
    server.child.kill('SIGTERM');
    await server.ended;
    await until('nothing is left', () => postmasterOf(paths.cluster) === null);
  });

  it('finds a short folder for its socket when the path is too long', async () => {
    const deep = path.join(data, 'a'.repeat(90), 'pg');
    const postgres = new EmbeddedPostgres(deep);
    const connection = await postgres.start();
    expect(connection.host).toMatch(/^\/tmp\/alcove-pg-/);
    expect(statSync(connection.host).mode & 0o777).toBe(0o700);
    const client = new pg.Client({ ...connection });
    await client.connect();
    await client.end();
    await postgres.stop();
    expect(existsSync(connection.host)).toBe(false);
  });

  it('reports a folder it cannot use in one line', async () => {
    writeFileSync(paths.folder, 'a file where the folder should be');
    await expect(new EmbeddedPostgres(paths.folder).start()).rejects.toThrow(/cannot be used \(EEXIST\)/);
    rmSync(paths.folder);
    chmodSync(data, 0o700);
  });
});
