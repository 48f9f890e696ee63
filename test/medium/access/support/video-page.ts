import { once } from 'node:events';
import { WebSocket } from 'ws';
import { newId } from '../../../../src/platform/ids.js';
import type { HttpPerson } from '../../../support/http-person.js';

/** What the room page does without media: asks for a ticket, opens the socket of the video plugin, says hello. */
export class VideoPage {
  private constructor(
    private readonly socket: WebSocket,
    private readonly closed: Promise<{ code: number; at: number }>,
  ) {}

  static async enter(person: HttpPerson, ticketPath: string): Promise<VideoPage> {
    const { status, config } = await ticket(person, ticketPath);
    if (!config) throw new Error(`no ticket: ${status}`);
    const socket = new WebSocket(person.url.replace('http', 'ws') + config.socket, {
      origin: person.url,
      headers: { cookie: person.cookie },
    });
    const closed = new Promise<{ code: number; at: number }>((resolve) => {
      socket.once('close', (code) => resolve({ code, at: performance.now() }));
    });
    await once(socket, 'open');
    // Sent at once: what comes before the plugin listens must not be lost.
    socket.send(JSON.stringify({ type: 'hello', token: config.token, page: newId() }));
    const [first] = (await once(socket, 'message')) as [Buffer];
    const { type } = JSON.parse(first.toString()) as { type: string };
    if (type !== 'welcome') throw new Error(`the room said ${type}`);
    return new VideoPage(socket, closed);
  }

  /** Close code and milliseconds until it came, counted from `from` on `performance.now()`. */
  async closedAfter(from: number): Promise<{ code: number; ms: number }> {
    const { code, at } = await this.closed;
    return { code, ms: at - from };
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  leave(): void {
    this.socket.terminate();
  }
}

interface Ticket {
  readonly status: number;
  readonly config?: { readonly socket: string; readonly token: string };
}

/** Asks for a ticket as scripts do. */
export async function ticket(person: HttpPerson, path: string): Promise<Ticket> {
  const headers = { accept: 'application/json', 'x-csrf-token': person.token };
  const { status, text } = await person.send('POST', path, { headers });
  if (status !== 200) return { status };
  return { status, config: (JSON.parse(text) as { config: { socket: string; token: string } }).config };
}
