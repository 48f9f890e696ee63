import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { messageOf } from '../../process/error-facts.js';
import { FatalError } from '../../process/fatal.js';
import type { ConnectionSettings } from '../connection-settings.js';
import { isDatabaseGone } from '../database-gone.js';
import { ClusterPaths } from './cluster-paths.js';
import { ensureDatabase } from './database-owner.js';
import { spawnLeashed, type Leash } from './leash.js';
import { ADMIN, dataArgument, giveTo, makeCluster, makeFolders } from './make-cluster.js';
import { nativePostgres, type NativePostgres } from './native.js';
import { endOrphan, endStubborn } from './orphan.js';
import { pgUser, type PgUser } from './pg-user.js';
import { serverFlags } from './server-flags.js';
import { forgetConnection, readConnection, socketFolder, writeConnection, type SocketFolder } from './socket-folder.js';

export type EmbeddedState = 'stopped' | 'starting' | 'running' | 'restarting' | 'stopping';

const READY_WITHIN_MS = 10 * 60_000;
const STOP_WITHIN_MS = 20_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
const LOG_LIMIT = 5 * 1024 * 1024;

/** The bundled PostgreSQL of one data directory: made, started, watched, started again when it dies, stopped. */
export class EmbeddedPostgres {
  private readonly paths: ClusterPaths;
  private user: PgUser = {};
  private native: NativePostgres | null = null;
  private sockets: SocketFolder | null = null;
  private leash: Leash | null = null;
  private current: EmbeddedState = 'stopped';
  private watching: Promise<void> = Promise.resolve();

  constructor(
    /** `<data>/pg`. The caller holds the data directory. */
    folder: string,
    /** Lines worth logging: a restart, a long recovery. */
    private readonly say: (line: string) => void = () => undefined,
  ) {
    this.paths = new ClusterPaths(folder);
  }

  get state(): EmbeddedState {
    return this.current;
  }

  /**
   * Makes the cluster where there is none, ends what an earlier server left behind, starts PostgreSQL, and makes our database.
   * @throws FatalError with one line when it cannot.
   */
  async start(): Promise<ConnectionSettings> {
    this.current = 'starting';
    try {
      this.user = pgUser(this.paths.cluster);
      makeFolders(this.paths, this.user);
      this.native = await nativePostgres(this.user, this.paths.folder);
      await makeCluster(this.paths, this.native, this.user);
      this.sockets = socketFolder(this.paths, this.user);
      this.leash = await this.launch();
      writeConnection(this.paths, this.user, this.sockets.path);
      await ensureDatabase(this.adminConfig(), readFileSync(this.paths.password, 'utf8'));
    } catch (error) {
      await this.stop();
      throw error;
    }
    this.current = 'running';
    this.watching = this.watch(this.leash);
    return readConnection(this.paths);
  }

  /** Stops PostgreSQL (fast: open transactions are rolled back, what was committed is safe) and waits until it is gone. */
  async stop(): Promise<void> {
    this.current = 'stopping';
    const leash = this.leash;
    if (leash) {
      leash.release();
      const late = new AbortController();
      const outcome = await Promise.race([leash.ended, sleep(STOP_WITHIN_MS, 'late', { signal: late.signal })]);
      late.abort();
      if (outcome === 'late') await endStubborn(this.paths.cluster);
    }
    await this.watching;
    this.leash = null;
    if (this.sockets) forgetConnection(this.paths);
    this.current = 'stopped';
  }

  /** Starts it again whenever it ends without being asked, sooner at first, later and later when it keeps dying. */
  private async watch(first: Leash): Promise<void> {
    let leash: Leash | null = first;
    for (let pause = FIRST_PAUSE_MS; !this.isStopping();) {
      const startedAt = Date.now();
      const code = leash ? await leash.ended : null;
      if (this.isStopping()) return;
      if (Date.now() - startedAt > 60_000) pause = FIRST_PAUSE_MS;
      this.current = 'restarting';
      if (code !== null) this.say(`PostgreSQL ended by itself (code ${code}); starting it again`);
      await this.pauseUnlessStopping(pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      if (this.isStopping()) return;
      leash = await this.relaunch();
    }
  }

  private async relaunch(): Promise<Leash | null> {
    try {
      this.leash = await this.launch();
      if (!this.isStopping()) {
        this.current = 'running';
        return this.leash;
      }
      this.leash.release();
      await this.leash.ended;
    } catch (error) {
      if (!this.isStopping()) this.say(`PostgreSQL could not be started again: ${messageOf(error)}`);
    }
    return null;
  }

  private async pauseUnlessStopping(milliseconds: number): Promise<void> {
    for (let waited = 0; waited < milliseconds && !this.isStopping(); waited += 50) await sleep(50);
  }

  private isStopping(): boolean {
    return this.current === 'stopping' || this.current === 'stopped';
  }

  /** Starts the process and waits until it answers. After a crash its memory may still be in use by its last children: try again. */
  private async launch(): Promise<Leash> {
    for (let attempt = 1; ; attempt++) {
      await endOrphan(this.paths.cluster);
      const logStart = this.logSize();
      const leash = this.spawn();
      if (await this.untilReady(leash)) return leash;
      const words = this.logSince(logStart);
      if (attempt >= 10 || !/still in use|lock file/.test(words)) {
        throw new FatalError(`PostgreSQL does not start: ${lastFatal(words)} (see ${this.paths.log}).`);
      }
      await sleep(200 * attempt);
    }
  }

  private spawn(): Leash {
    if (!this.native || !this.sockets) throw new Error('the embedded PostgreSQL is not prepared');
    const logFd = this.openLog();
    try {
      const command = [
        this.native.postgres,
        '-D',
        dataArgument(this.paths.cluster, this.user),
        ...serverFlags(this.sockets.argument),
      ];
      return spawnLeashed(command, { cwd: this.paths.cluster, user: this.user, logFd });
    } finally {
      closeSync(logFd);
    }
  }

  /** True when it answers, false when it ended before. */
  private async untilReady(leash: Leash): Promise<boolean> {
    const began = Date.now();
    let told = false;
    while (!leash.hasEnded()) {
      if (await this.answers()) return true;
      const waited = Date.now() - began;
      if (waited > READY_WITHIN_MS) {
        leash.release();
        throw new FatalError(`PostgreSQL has not become ready within ten minutes (see ${this.paths.log}).`);
      }
      if (waited > 5_000 && !told) {
        told = true;
        this.say('PostgreSQL is still getting ready, probably after a crash; waiting');
      }
      await Promise.race([sleep(20), leash.ended]);
    }
    return false;
  }

  private async answers(): Promise<boolean> {
    const client = new pg.Client({ ...this.adminConfig(), connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return true;
    } catch (error) {
      if (isDatabaseGone(error)) return false;
      throw error;
    } finally {
      await client.end();
    }
  }

  private adminConfig(): pg.ClientConfig {
    const password = readFileSync(this.paths.adminPassword, 'utf8');
    const host = this.sockets?.path ?? this.paths.run;
    return { host, port: 5432, user: ADMIN, password, database: 'postgres', application_name: 'alcove: supervisor' };
  }

  /** Its log is a file of its own, so that it can go on writing when we are gone. */
  private openLog(): number {
    if (this.logSize() > LOG_LIMIT) renameSync(this.paths.log, `${this.paths.log}.1`);
    const logFd = openSync(this.paths.log, 'a', 0o600);
    giveTo(this.paths.log, this.user);
    return logFd;
  }

  private logSize(): number {
    return existsSync(this.paths.log) ? statSync(this.paths.log).size : 0;
  }

  private logSince(start: number): string {
    const bytes = existsSync(this.paths.log) ? readFileSync(this.paths.log) : Buffer.alloc(0);
    return bytes.subarray(bytes.length >= start ? start : 0).toString('utf8');
  }
}

function lastFatal(log: string): string {
  const lines = log.split('\n').filter((line) => line.trim() !== '');
  const line = lines.filter((candidate) => /FATAL|PANIC|could not|error/i.test(candidate)).at(-1) ?? lines.at(-1);
  return line?.replace(/^.*?(FATAL|PANIC|LOG|ERROR): */, '').trim() ?? 'it said nothing';
}
