import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import type { PluginSocket, SocketDefinition, SocketRequest } from '@alcove/sdk';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import { LivingSessions } from '../../platform/access/living-sessions.js';
import { newSecret } from '../../platform/ids.js';
import { SessionWatch } from '../../platform/live/session-watch.js';
import { LOG, type Log } from '../../platform/logging/log.js';
import { KERNEL_OPTIONS, type KernelOptions } from '../kernel.options.js';
import { PluginRegistry } from '../lifecycle/plugin-registry.js';
import type { RunningPlugin } from '../lifecycle/running-plugin.js';
import { runAs } from './running.js';

/** Bytes of one message. */
const MOST_BYTES = 64 * 1024;
const PING_EVERY = 20_000;
/** Open sockets of one plugin in one process. */
const MOST_SOCKETS = 2_000;
/** Close code of a socket whose session ended, whose account was suspended, or whose rights changed. */
const SESSION_OVER = 1008;
const PATH = /^\/p\/([a-z0-9-]+)(\/[^?]*)/;

/**
 * WebSockets of plugins: upgraded here, same origin only, kept alive, closed when their plugin stops, and closed with the session of
 * whoever opened them. An idle session closes none: nobody moves the mouse while they talk.
 */
@Injectable()
export class SocketGate {
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES, perMessageDeflate: false });
  private readonly open = new Map<string, number>();

  constructor(
    private readonly registry: PluginRegistry,
    private readonly sessions: LivingSessions,
    private readonly watch: SessionWatch,
    @Inject(KERNEL_OPTIONS) private readonly options: KernelOptions,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** For the HTTP server's `upgrade` event. False when the path is no plugin's: then the socket is somebody else's business. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
    const match = PATH.exec(request.url ?? '');
    if (!match) return false;
    const [, pluginId, path] = match;
    const plugin = this.registry.find(pluginId)?.running;
    const definition = plugin?.definition.sockets?.find((one) => one.path === path);
    if (!plugin || !definition) return refuse(socket, '404 Not Found');
    if (!this.isOwnOrigin(request)) return refuse(socket, '403 Forbidden');
    if ((this.open.get(pluginId) ?? 0) >= MOST_SOCKETS) return refuse(socket, '503 Service Unavailable');
    this.server.handleUpgrade(request, socket, head, (webSocket) => this.take(plugin, definition, webSocket, request));
    return true;
  }

  private take(
    plugin: RunningPlugin,
    definition: SocketDefinition,
    webSocket: WebSocket,
    request: IncomingMessage,
  ): void {
    this.open.set(plugin.id, (this.open.get(plugin.id) ?? 0) + 1);
    const report = (error: unknown) => {
      this.log.warn({ plugin: plugin.id, path: definition.path, err: error }, 'plugins: a socket failed');
      webSocket.close(1011);
    };
    const stopping = () => webSocket.close(1001);
    const ping = keepAlive(webSocket);
    let unwatch = (): void => undefined;
    plugin.signal.addEventListener('abort', stopping, { once: true });
    webSocket.on('error', (error) => this.log.debug({ plugin: plugin.id, err: error }, 'plugins: a socket broke'));
    webSocket.once('close', () => {
      clearInterval(ping);
      unwatch();
      plugin.signal.removeEventListener('abort', stopping);
      this.open.set(plugin.id, (this.open.get(plugin.id) ?? 1) - 1);
    });
    const facts: SocketRequest = {
      origin: request.headers.origin ?? '',
      ip: this.options.clientIp?.(request) ?? request.socket.remoteAddress ?? '',
    };
    const own = new GuardedSocket(plugin.id, webSocket, report);
    const begin = async (): Promise<void> => {
      const hold = await this.sessions.ofCookies(request.headers.cookie);
      if (!own.isOpen) return;
      if (hold) unwatch = this.watch.watch(hold, () => webSocket.close(SESSION_OVER), { mayDoze: true });
      const opened = runAs(plugin.id, async () => definition.open(own, facts, plugin.context()));
      webSocket.resume();
      await opened;
    };
    // What the page says before its plugin listens waits in the socket.
    webSocket.pause();
    begin()
      .catch(report)
      .finally(() => webSocket.resume());
  }

  /** Browsers send the origin of the page with every WebSocket; other sites' pages must not reach ours with our cookies or network. */
  private isOwnOrigin({ headers }: IncomingMessage): boolean {
    const { origin, host } = headers;
    if (!origin || !URL.canParse(origin)) return false;
    if (this.options.baseUrl) return origin === new URL(this.options.baseUrl).origin;
    return host !== undefined && new URL(origin).host === host;
  }
}

function keepAlive(webSocket: WebSocket): NodeJS.Timeout {
  let answered = true;
  webSocket.on('pong', () => {
    answered = true;
  });
  return setInterval(() => {
    if (!answered) return webSocket.terminate();
    answered = false;
    webSocket.ping();
  }, PING_EVERY).unref();
}

function refuse(socket: Duplex, status: string): true {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  return true;
}

/** What a plugin sees of a WebSocket; its listeners run in its own context and cannot break the server. */
class GuardedSocket implements PluginSocket {
  readonly id = newSecret(16);

  constructor(
    private readonly pluginId: string,
    private readonly webSocket: WebSocket,
    private readonly report: (error: unknown) => void,
  ) {}

  get isOpen(): boolean {
    return this.webSocket.readyState === this.webSocket.OPEN;
  }

  get bufferedAmount(): number {
    return this.webSocket.bufferedAmount;
  }

  send(text: string): void {
    if (this.isOpen) this.webSocket.send(text);
  }

  close(code: number, reason?: string): void {
    this.webSocket.close(code, reason);
  }

  onMessage(listener: (text: string) => void): void {
    this.webSocket.on('message', (data: RawData, isBinary: boolean) => {
      if (isBinary) return this.webSocket.close(1003);
      this.guarded(() => listener((data as Buffer).toString('utf8')));
    });
  }

  onClose(listener: (code: number) => void): void {
    this.webSocket.once('close', (code: number) => this.guarded(() => listener(code)));
  }

  private guarded(call: () => void): void {
    try {
      runAs(this.pluginId, call);
    } catch (error) {
      this.report(error);
    }
  }
}
