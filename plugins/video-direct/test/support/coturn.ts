import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** True when a `turnserver` is installed; the relay tests need one. */
export const hasCoturn = spawnSync('turnserver', ['--help'], { stdio: 'ignore' }).error === undefined;

/** A relay on this machine only, with a secret of its own. */
export class Coturn {
  readonly secret = randomBytes(32).toString('hex');
  private readonly dir = mkdtempSync(path.join(tmpdir(), 'alcove-turn-'));
  private child: ChildProcess | null = null;

  private constructor(readonly port: number) {}

  static async start(): Promise<Coturn> {
    const coturn = new Coturn(await freePort());
    await coturn.run();
    return coturn;
  }

  get urls(): string[] {
    return ['udp', 'tcp'].map((transport) => `turn:127.0.0.1:${this.port}?transport=${transport}`);
  }

  async run(): Promise<void> {
    const config = path.join(this.dir, 'turnserver.conf');
    const lines = [
      'listening-ip=127.0.0.1',
      'relay-ip=127.0.0.1',
      `listening-port=${this.port}`,
      'min-port=49200',
      'max-port=49300',
      'realm=turn.test',
      'use-auth-secret',
      `static-auth-secret=${this.secret}`,
      'fingerprint',
      'no-tls',
      'no-dtls',
      'no-cli',
      'allow-loopback-peers',
      'cli-password=unused',
      `userdb=${path.join(this.dir, 'turndb')}`,
      `pidfile=${path.join(this.dir, 'turn.pid')}`,
      'log-file=stdout',
    ];
    writeFileSync(config, lines.join('\n'), { mode: 0o644 });
    this.child = spawn('turnserver', ['-c', config], { stdio: 'ignore', cwd: this.dir });
    await sleep(500);
  }

  async kill(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await gone;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.dir, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
