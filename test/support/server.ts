import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { Role } from '../../src/platform/access/principal.js';
import { newKeyRing, serialiseKeyRing } from '../../src/platform/crypto/key-ring.js';
import type { DemoAccount, DemoFile } from '../../src/demo/demo-file.js';
import { freePort } from './free-port.js';
import { freshDatabase } from './database.js';
import { isAlive, nodePath, run, until, type Running } from './processes.js';

const launcher = path.resolve(import.meta.dirname, '../../src/cli/bin/alcove.mjs');

export interface ServerOptions {
  readonly command?: 'demo' | 'start';
  /** Data directory; a new one below the temporary folder by default, which `stop` then removes. */
  readonly folder?: string;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** The built server as a process of its own, as people run it. */
export class TestServer {
  private running: Running | null = null;

  private constructor(
    readonly folder: string,
    readonly port: number,
    private readonly options: ServerOptions,
  ) {}

  /** Starts it and waits until it is ready. */
  static async start(options: ServerOptions = {}): Promise<TestServer> {
    const folder = options.folder ?? mkdtempSync(path.join(os.tmpdir(), 'alcove-e2e-'));
    const server = new TestServer(folder, options.port ?? (await freePort()), options);
    try {
      await server.begin();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  get url(): string {
    return this.options.env?.ALCOVE_BASE_URL ?? `http://127.0.0.1:${this.port}`;
  }

  get process(): Running {
    if (!this.running) throw new Error('this server does not run');
    return this.running;
  }

  /** What the demo wrote for people and scripts, as it is now. */
  get demo(): DemoFile {
    return JSON.parse(readFileSync(path.join(this.folder, 'demo.json'), 'utf8')) as DemoFile;
  }

  /** The first account of a role. */
  account(role: Role): DemoAccount {
    const found = this.demo.accounts.find((one) => one.role === role);
    if (!found) throw new Error(`the demo has no ${role}`);
    return found;
  }

  /** Milliseconds until it was ready. */
  async begin(): Promise<number> {
    const started = performance.now();
    this.running = run(nodePath, [launcher, this.options.command ?? 'demo'], {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        PORT: String(this.port),
        ALCOVE_DATA_DIR: this.folder,
        ALCOVE_LOG_LEVEL: 'warn',
        ...this.options.env,
      },
    });
    await this.running.saw(/Alcove is ready at (\S+)/, 60_000);
    await until('the server says that it is ready', async () => (await this.status('/health/ready')) === 200);
    return performance.now() - started;
  }

  /** Status of a page asked for without a browser; 0 while nothing listens. */
  async status(address: string): Promise<number> {
    const answer = await this.get(address);
    return answer?.status ?? 0;
  }

  /** Of this very process, whatever stands in front of it; undefined while nothing listens. */
  async get(address: string): Promise<{ readonly status: number; readonly text: string } | undefined> {
    try {
      const answer = await fetch(`http://127.0.0.1:${this.port}${address}`, {
        redirect: 'manual',
        signal: AbortSignal.timeout(10_000),
      });
      return { status: answer.status, text: await answer.text() };
    } catch (error) {
      if (error instanceof TypeError) return undefined;
      throw error;
    }
  }

  /** A number of `/metrics`; 0 for a counter that never counted. */
  async metric(name: string): Promise<number> {
    const text = (await this.get('/metrics'))?.text ?? '';
    return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  }

  /** Ends it as Ctrl-C does. @returns the exit code */
  async end(signal: 'SIGINT' | 'SIGTERM' = 'SIGTERM'): Promise<number | NodeJS.Signals> {
    const { child, ended } = this.process;
    child.kill(signal);
    return ended;
  }

  /** Ends it without a word; waits until it is gone. */
  async kill9(): Promise<void> {
    const { child, ended } = this.process;
    child.kill('SIGKILL');
    await ended;
  }

  /** Stops it in good order and starts it again on the same port and data. @returns milliseconds it took to be ready */
  async restart(): Promise<number> {
    await this.end();
    return this.begin();
  }

  /** Ends it and removes its data, unless the folder belongs to the caller. */
  async stop(): Promise<void> {
    const { child, pid } = this.process;
    if (isAlive(pid)) {
      await this.end();
      if (isAlive(pid)) child.kill('SIGKILL');
    }
    if (this.options.folder) return;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Two servers on one database behind one address. */
export interface Pair {
  readonly url: string;
  readonly servers: readonly [TestServer, TestServer];
  readonly proxy: Proxy;
  stop(): Promise<void>;
}

/** The first seeds the demo; both share the keys, as two containers of one practice do. */
export async function startPair(env: Readonly<Record<string, string>> = {}): Promise<Pair> {
  const database = await freshDatabase();
  const proxy = await roundRobin();
  const shared = {
    DATABASE_URL: database.url,
    ALCOVE_KEY_RING: serialiseKeyRing(newKeyRing()),
    ALCOVE_BASE_URL: proxy.url,
    ...env,
  };
  const servers: TestServer[] = [];
  const stop = async (): Promise<void> => {
    await proxy.close();
    await Promise.all(servers.map((server) => server.stop()));
    await database.close();
  };
  try {
    for (const command of ['demo', 'start'] as const) servers.push(await TestServer.start({ command, env: shared }));
  } catch (error) {
    await stop();
    throw error;
  }
  const [first, second] = servers;
  proxy.backends.push(first.port, second.port);
  return { url: proxy.url, servers: [first, second], proxy, stop };
}

/** A proxy that gives each request, and each WebSocket, to the next server in turn, and adds nothing. */
export interface Proxy {
  readonly url: string;
  /** Ports in turn. */
  readonly backends: number[];
  /** Requests that each port got. */
  readonly counts: Map<number, number>;
  close(): Promise<void>;
}

export async function roundRobin(): Promise<Proxy> {
  const backends: number[] = [];
  const counts = new Map<number, number>();
  let turn = 0;
  const next = (): number => {
    const port = backends[turn++ % backends.length];
    counts.set(port, (counts.get(port) ?? 0) + 1);
    return port;
  };
  const server = createServer((incoming, outgoing) => {
    const { method, url: target, headers } = incoming;
    const onward = httpRequest({ host: '127.0.0.1', port: next(), method, path: target, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    outgoing.on('close', () => onward.destroy());
    incoming.pipe(onward);
  });
  server.on('upgrade', (incoming, socket, head) => {
    const onward = connect(next(), '127.0.0.1', () => {
      onward.write(headOf(incoming));
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('error', () => onward.destroy());
    socket.on('close', () => onward.destroy());
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, backends, counts, close };
}

function headOf({ method, url, rawHeaders }: IncomingMessage): string {
  const lines = [`${method} ${url} HTTP/1.1`];
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return `${lines.join('\r\n')}\r\n\r\n`;
}
