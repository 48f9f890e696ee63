import type { PluginContext } from './context.js';

/**
 * A WebSocket of the plugin at `/p/<id><path>`. The kernel upgrades it (same origin only, messages up to 64 KB, ping and pong) and
 * closes it with 1001 when the plugin is disabled or the server stops. A browser cannot add headers to a WebSocket, so sockets are
 * public: `open` must trust nobody before the first message has proved who is there, and `reason` says how.
 */
export interface SocketDefinition {
  /** Begins with a slash, without parameters: `/signal`. */
  readonly path: string;
  /** Why this may be public; printed in the route table. */
  readonly reason: string;
  /** Called for each connection. Throwing or rejecting closes it with 1011. */
  open(socket: PluginSocket, request: SocketRequest, context: PluginContext): void | Promise<void>;
}

export interface SocketRequest {
  /** Always the server's own origin: others were refused before. */
  readonly origin: string;
  /** Address of the client as seen behind the configured proxies. */
  readonly ip: string;
}

export interface PluginSocket {
  /** Random, new for each connection. */
  readonly id: string;
  readonly isOpen: boolean;
  /** Bytes accepted by `send` that have not left yet. */
  readonly bufferedAmount: number;
  /** Sends one text message; does nothing when the socket is no longer open. */
  send(text: string): void;
  /** Code 1000 or 4000 to 4999. */
  close(code: number, reason?: string): void;
  /** Text messages only: a binary message closes the socket with 1003 before it gets here. */
  onMessage(listener: (text: string) => void): void;
  /** Called once, whoever closed. */
  onClose(listener: (code: number) => void): void;
}
