import type { LookupFunction } from 'node:net';
import { buildConnector, Client } from 'undici';
import type { Destination } from './destination.js';

export interface PinnedRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | null;
  readonly signal: AbortSignal;
  /** Bytes of the answer's body at most. */
  readonly maxBytes: number;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [string, string]>;
  readonly body: Buffer;
}

/** Thrown while reading an answer that is longer than allowed. */
export class TooLarge extends Error {}
/** Thrown for an answer in an encoding nobody asked for. */
export class Unreadable extends Error {}
/** Thrown when the connection went to another address than the judged ones. */
export class NotPinned extends Error {}

const HEADER_BYTES = 32 * 1_024;

/**
 * One request over a connection of its own to one of `addresses`, which the caller has resolved and judged. The name is not resolved a
 * second time: a name server that answers differently now has no say. The name itself stays in the TLS handshake and the Host header.
 * Nothing of the machine's proxy settings is used, and no redirect is followed.
 */
export async function pinnedRequest(
  destination: Destination,
  addresses: readonly string[],
  request: PinnedRequest,
): Promise<RawAnswer> {
  const client = new Client(`${destination.secure ? 'https' : 'http'}://${destination.place}`, {
    connect: connectorTo(addresses),
    maxHeaderSize: HEADER_BYTES,
    pipelining: 0,
  });
  try {
    const answer = await client.request({
      path: destination.path,
      method: request.method as 'GET',
      headers: { ...request.headers, 'accept-encoding': 'identity' },
      body: request.body,
      signal: request.signal,
    });
    const { 'content-encoding': encoding = 'identity', 'content-length': length } = answer.headers;
    if (encoding !== 'identity') throw new Unreadable('encoding');
    if (Number(length ?? 0) > request.maxBytes) throw new TooLarge('length');
    return {
      status: answer.statusCode,
      headers: Object.entries(answer.headers).flatMap(([name, value]) =>
        [value ?? []].flat().map((one) => [name, one] as const),
      ),
      body: await read(answer.body, request.maxBytes),
    };
  } finally {
    await client.destroy();
  }
}

function connectorTo(addresses: readonly string[]): buildConnector.connector {
  const pinned: LookupFunction = (_host, options, done) => {
    const all = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all) done(null, all);
    else done(null, all[0].address, all[0].family);
  };
  // Said outright, so that no variable of the environment can turn the check of certificates off.
  const connect = buildConnector({
    lookup: pinned,
    rejectUnauthorized: true,
    maxCachedSessions: 0,
    allowH2: false,
    autoSelectFamily: true,
  });
  return (options, done) => {
    connect(options, (error, socket) => {
      if (error) return done(error, null);
      if (!addresses.includes(socket?.remoteAddress ?? '')) {
        socket?.destroy();
        return done(new NotPinned('connected elsewhere'), null);
      }
      return done(null, socket);
    });
  };
}

async function read(body: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new TooLarge('body');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
