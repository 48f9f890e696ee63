import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { errors } from 'undici';
import { EgressConfig } from '../config/egress.config.js';
import { RuntimeConfig } from '../config/runtime.config.js';
import { DomainError } from '../errors/domain-error.js';
import { isLoopback, reachOf } from './address-rules.js';
import { placeOfUrl, readDestination, type Destination, type DestinationRules, type Refusal } from './destination.js';
import { EgressAudit } from './egress-audit.js';
import { EgressRegistry } from './egress-registry.js';
import { EGRESS_ERRORS } from './egress.errors.js';
import { NotPinned, pinnedRequest, TooLarge, Unreadable } from './pinned-request.js';
import { Resolver } from './resolver.js';

export interface EgressRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>> | Headers;
  readonly body?: string | URLSearchParams | Uint8Array | null;
  readonly signal?: AbortSignal;
}

/** From resolving the name to the last byte. In milliseconds. */
export const EGRESS_TIMEOUT = 5_000;
/** The longest answer that is read. In bytes. */
export const EGRESS_LARGEST = 1_024 * 1_024;
const ADDRESSES_AT_MOST = 32;
/** Set by the connection, never by a caller: another Host would reach another site behind the same address. */
const OF_THE_CONNECTION = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect']);

/**
 * The one way out. Nothing else of the server calls other servers, so that what leaves the practice is one list, and a text that somebody
 * typed can never make the server call itself, its neighbours or the cloud's metadata.
 */
@Injectable()
export class Egress {
  private readonly rules: DestinationRules;

  constructor(
    private readonly registry: EgressRegistry,
    private readonly audit: EgressAudit,
    private readonly resolver: Resolver,
    private readonly runtime: RuntimeConfig,
    config: EgressConfig,
  ) {
    this.rules = {
      ports: new Set(config.ports.map(Number)),
      exceptions: new Set(config.privateHosts.map((item) => placeOfUrl(`https://${item}`) ?? item)),
    };
  }

  /**
   * Calls another server. Redirects are not followed: they come back as answers.
   *
   * @param purpose a registered purpose; the address's server must be one of its places
   * @param url https, or http to this machine's loopback outside production when the operator named it
   * @throws DomainError `egress.refused`, `egress.unreachable`, `egress.slow`, `egress.too-large`, `egress.unreadable`
   */
  async fetch(purpose: string, url: string | URL, request: EgressRequest = {}): Promise<Response> {
    const destination = readDestination(String(url), this.rules);
    if (typeof destination === 'string') return this.refuse(purpose, null, destination);
    const { place } = destination;
    if (!this.registry.allows(purpose, place)) return this.refuse(purpose, place, 'undeclared');
    const time = AbortSignal.timeout(EGRESS_TIMEOUT);
    const signal = request.signal ? AbortSignal.any([time, request.signal]) : time;
    try {
      const addresses = await abortable(this.resolve(destination), signal);
      const refusal = this.judge(destination, addresses);
      if (refusal) return await this.refuse(purpose, place, refusal);
      const answer = await pinnedRequest(destination, addresses, {
        method: request.method ?? 'GET',
        headers: plainHeaders(request.headers),
        body: request.body instanceof URLSearchParams ? request.body.toString() : (request.body ?? null),
        signal,
        maxBytes: EGRESS_LARGEST,
      });
      await this.audit.note({ purpose, place, outcome: 'ok' });
      const empty = [204, 205, 304].includes(answer.status);
      const headers = answer.headers.map(([name, value]): [string, string] => [name, value]);
      return new Response(empty ? null : new Uint8Array(answer.body), { status: answer.status, headers });
    } catch (error) {
      if (error instanceof DomainError) throw error;
      const code = failureOf(error, signal);
      await this.audit.note({ purpose, place, outcome: 'failed', reason: code });
      // Not the cause itself: the errors of sockets and of TLS quote addresses and certificates.
      throw new DomainError(code, { purpose, reason: systemCode(error) });
    }
  }

  private async resolve({ host }: Destination): Promise<readonly string[]> {
    return isIP(host) ? [host] : this.resolver.addresses(host);
  }

  /** All answers must be good: one bad among them is how a name is turned inwards. */
  private judge(destination: Destination, addresses: readonly string[]): Refusal | undefined {
    if (addresses.length === 0) return 'address';
    if (addresses.length > ADDRESSES_AT_MOST) return 'too-many-addresses';
    const good = (address: string): boolean => {
      const reach = reachOf(address);
      return reach === 'public' || (destination.excepted && reach === 'own-network');
    };
    if (!addresses.every(good)) return 'address';
    if (!destination.secure && (this.runtime.isProduction || !addresses.every(isLoopback))) return 'plain-http';
    return undefined;
  }

  private async refuse(purpose: string, place: string | null, reason: Refusal): Promise<never> {
    await this.audit.note({ purpose, place, outcome: 'refused', reason });
    throw new DomainError(EGRESS_ERRORS['egress.refused'], { purpose, reason });
  }
}

function failureOf(error: unknown, signal: AbortSignal): string {
  if (error instanceof TooLarge) return EGRESS_ERRORS['egress.too-large'];
  if (error instanceof NotPinned) return EGRESS_ERRORS['egress.refused'];
  if (error instanceof Unreadable || isParserError(error)) return EGRESS_ERRORS['egress.unreadable'];
  const late = signal.aborted || systemCode(error).includes('TIMEOUT') || systemCode(error) === 'ETIMEDOUT';
  return late ? EGRESS_ERRORS['egress.slow'] : EGRESS_ERRORS['egress.unreachable'];
}

/** Something answered that does not speak HTTP, or with headers that are too large. */
const isParserError = (error: unknown): boolean =>
  error instanceof errors.HTTPParserError || error instanceof errors.HeadersOverflowError;

/** `ECONNREFUSED`, `ENOTFOUND`, `DEPTH_ZERO_SELF_SIGNED_CERT`: a code for the log, and nothing of the message. */
function systemCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z0-9_]{1,60}$/.test(code) ? code : 'none';
}

function plainHeaders(headers: EgressRequest['headers']): Record<string, string> {
  const entries = headers instanceof Headers ? [...headers.entries()] : Object.entries(headers ?? {});
  return Object.fromEntries(
    entries.map(([name, value]) => [name.toLowerCase(), value]).filter(([name]) => !OF_THE_CONNECTION.has(name)),
  );
}

/** The work's result, unless the signal comes first. Name resolution itself cannot be stopped; its late answer is dropped. */
async function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const stop = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const fail = (): void => reject(new Error('aborted'));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true, signal: stop.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    stop.abort();
  }
}
