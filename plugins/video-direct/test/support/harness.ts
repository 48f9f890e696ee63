import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { readLabels } from '../../src/labels.js';
import type { IceConfig } from '../../src/signalling/ports.js';
import { Signalling } from '../../src/signalling/signalling.js';
import { MemoryBus, memoryPorts, MemorySeats } from './memory-signalling.js';

const ASSETS = new URL('../../assets/', import.meta.url);
const TYPES: Readonly<Record<string, string>> = { js: 'text/javascript', css: 'text/css' };

/** Of the core's stylesheet, what decides where things are. */
const CORE_CSS = `.stage { height: 90vh; display: grid } .selfview { position: absolute; width: 11rem; aspect-ratio: 4 / 3 }
.visually-hidden { position: absolute; width: 1px; height: 1px; overflow: hidden }`;

/** The room page reduced to what the meeting needs, under the product's own content policy. */
const PAGE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Room</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/core.css"><link rel="stylesheet" href="/assets/room.css">
<main class="room"><h1 class="visually-hidden">Session</h1><section class="stage on-stage" aria-label="Video" id="meeting"></section></main>
<script type="module" nonce="n" src="/harness.js"></script></html>`;

const SCRIPT = `
import { mount } from '/assets/room.js';
const query = new URLSearchParams(location.search);
const seen = (window.seen = { states: [], left: null, failures: [] });
addEventListener('securitypolicyviolation', (event) => seen.failures.push(event.violatedDirective));
const ticket = async () => {
  const answer = await fetch('/ticket' + location.search, { method: 'POST' });
  if (!answer.ok) throw Object.assign(new Error('no ticket'), { status: answer.status });
  return answer.json();
};
const first = await ticket();
if (query.has('token')) first.config.token = query.get('token');
const element = document.getElementById('meeting');
window.meeting = mount(element, first.config, {
  freshTicket: ticket,
  state: (state) => seen.states.push(state),
  leave: (reason) => (seen.left = reason),
  labels: {},
});
window.video = element.alcoveVideo;
window.state = () => seen.states.at(-1);
`;

/**
 * Two server processes' worth of signalling behind one HTTP server, without the rest of the product: which of the two a page talks to is
 * in its query (`process=0|1`), as are room and participant.
 */
export class Harness {
  readonly seats = new MemorySeats();
  readonly bus = new MemoryBus();
  readonly signallings: Signalling[] = [];
  readonly reports: ReturnType<typeof memoryPorts>['reports'][] = [];
  private readonly sockets = new Set<WebSocket>();
  private readonly server: Server;
  /** Answered to pages that come for a fresh ticket, instead of a ticket. */
  refuse: number | null = null;
  private url = '';

  constructor(ice: IceConfig | (() => IceConfig) = { iceServers: [], relayOnly: false }, css = CORE_CSS) {
    for (let process = 0; process < 2; process++) {
      const ports = memoryPorts(this.seats, this.bus);
      const source = { current: async () => (typeof ice === 'function' ? ice() : ice) };
      this.signallings.push(new Signalling({ ...ports, ice: source }));
      this.reports.push(ports.reports);
    }
    this.server = createServer((request, response) => this.answer(request, response, css));
    const upgrade = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
    this.server.on('upgrade', (request, socket, head) => {
      const process = new URL(request.url ?? '/', 'http://x').searchParams.get('process') ?? '0';
      upgrade.handleUpgrade(request, socket, head, (webSocket) => this.attach(webSocket, Number(process)));
    });
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    for (const signalling of this.signallings) signalling.start();
  }

  async stop(): Promise<void> {
    for (const signalling of this.signallings) signalling.stop();
    this.dropSockets();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  page(query: Readonly<Record<string, string>>): string {
    return `${this.url}/room?${new URLSearchParams(query).toString()}`;
  }

  /** Every line breaks at once, as when the server is killed. */
  dropSockets(): void {
    for (const socket of this.sockets) socket.terminate();
  }

  private attach(socket: WebSocket, process: number): void {
    this.sockets.add(socket);
    const session = this.signallings[process]?.open({
      get bufferedAmount() {
        return socket.bufferedAmount;
      },
      send: (text) => socket.send(text),
      close: (code, reason) => socket.close(code, reason),
    });
    socket.on('message', (data: Buffer) => session?.message(data.toString()));
    socket.on('close', () => {
      this.sockets.delete(socket);
      session?.closed();
    });
  }

  private answer(request: IncomingMessage, response: ServerResponse, css: string): void {
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const host = request.headers.host ?? '';
    response.setHeader(
      'content-security-policy',
      `default-src 'none'; script-src 'nonce-n' 'strict-dynamic'; style-src 'self' 'nonce-n'; img-src 'self' blob: data:; ` +
        `connect-src 'self' ws://${host}; media-src 'self' blob:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
    );
    const send = (type: string, body: string | Buffer) => response.setHeader('content-type', type).end(body);
    if (pathname === '/room') return void send('text/html', PAGE);
    if (pathname === '/harness.js') return void send('text/javascript', SCRIPT);
    if (pathname === '/core.css') return void send('text/css', css);
    if (pathname === '/ticket' && this.refuse) return void response.writeHead(this.refuse).end();
    if (pathname === '/ticket') {
      const token = this.seats.ticket(searchParams.get('room') ?? '', searchParams.get('who') ?? '');
      const socket = `/signal?process=${searchParams.get('process') ?? '0'}`;
      return void send('application/json', JSON.stringify({ config: { socket, token, labels: readLabels() } }));
    }
    const asset = /^\/assets\/([a-z-]+\.(js|css))$/.exec(pathname);
    if (!asset?.[1] || !asset[2]) return void response.writeHead(404).end();
    const text = readFileSync(new URL(asset[1], ASSETS), 'utf8');
    const wrapped = asset[2] === 'css' ? `@layer plugins { @scope (.plugin-panel) { ${text} } }` : text;
    send(TYPES[asset[2]] ?? 'text/plain', wrapped);
  }
}
