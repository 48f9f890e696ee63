import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from 'node:http';

export interface LintedResponse {
  readonly method: string;
  /** Path with query, as it was asked. */
  readonly target: string;
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
}

export interface LintRules {
  /** True when people reach the site over https. */
  readonly secure: boolean;
}

const FILES = /^\/(assets\/|p\/[a-z0-9-]+\/assets\/|favicon\.ico|apple-touch-icon)/;
/** Where people leave for the practice's own identity provider; the only way out. */
const WAY_OUT = /^\/(sign-in|account)\/single-sign-on(\/again|\/link)?(\?|$)/;
const FIXED: Readonly<Record<string, RegExp>> = {
  'x-content-type-options': /^nosniff$/,
  'referrer-policy': /^no-referrer$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'permissions-policy': /geolocation=\(\)/,
};
const DIRECTIVES: Readonly<Record<string, RegExp>> = {
  'default-src': /^'none'$/,
  'script-src': /^'self' 'nonce-[\w-]{20,}'$/,
  'style-src': /^'self'$/,
  'object-src': /^'none'$/,
  'base-uri': /^'none'$/,
  'frame-ancestors': /^'none'$/,
  'form-action': /^'self'$/,
};

/** Everything that is wrong with the head of one answer; empty when nothing is. */
export function faultsOfResponse(answer: LintedResponse, { secure }: LintRules): string[] {
  const { headers, target } = answer;
  const text = (name: string): string => String(headers[name] ?? '');
  const faults = Object.entries(FIXED).flatMap(([name, wanted]) =>
    wanted.test(text(name)) ? [] : [`${name}: ${text(name) || 'missing'}`],
  );
  faults.push(...policyFaults(text('content-security-policy')));
  for (const name of ['x-powered-by', 'server', 'access-control-allow-origin'])
    if (headers[name] !== undefined) faults.push(`${name}: ${text(name)}`);
  const strict = /max-age=(\d+)/.exec(text('strict-transport-security'))?.[1];
  if (secure ? Number(strict ?? 0) < 31_536_000 : strict !== undefined)
    faults.push(`strict-transport-security: ${strict ?? 'missing'}`);
  if (!FILES.test(target) && !/\bno-store\b/.test(text('cache-control')))
    faults.push(`cache-control: ${text('cache-control') || 'missing'}`);
  for (const cookie of ([] as unknown[]).concat(headers['set-cookie'] ?? []))
    faults.push(...cookieFaults(String(cookie), secure));
  if (headers.location !== undefined && !isOwnPath(text('location')) && !WAY_OUT.test(target))
    faults.push(`location: ${text('location')}`);
  if (/html/.test(text('content-type')) && !/charset=utf-8/i.test(text('content-type')))
    faults.push(`content-type: ${text('content-type')}`);
  return faults.map((fault) => `${answer.method} ${target.split('?')[0]} (${answer.status}): ${fault}`);
}

/** A path of this site that no browser reads as another one's address. */
export const isOwnPath = (location: string): boolean =>
  /^\/(?![/\\])/.test(location) &&
  Array.from(location).every((character) => character > ' ' && character !== '\u007f' && character !== '\\') &&
  new URL(location, 'https://own.invalid').origin === 'https://own.invalid';

function policyFaults(policy: string): string[] {
  const directives = new Map(
    policy.split(';').map((part): [string, string] => {
      const [name, ...values] = part.trim().split(/\s+/);
      return [name, values.join(' ')];
    }),
  );
  const faults = Object.entries(DIRECTIVES).flatMap(([name, wanted]) =>
    wanted.test(directives.get(name) ?? '') ? [] : [`policy: ${name} ${directives.get(name) ?? 'missing'}`],
  );
  if (/unsafe-|\*|https?:/.test(policy)) faults.push(`policy: ${policy}`);
  return faults;
}

function cookieFaults(line: string, secure: boolean): string[] {
  const [pair, ...attributes] = line.split(';').map((part) => part.trim().toLowerCase());
  const name = line.split('=')[0];
  const wanted = ['httponly', 'path=/', ...(secure ? ['secure'] : [])];
  const faults = wanted.filter((one) => !attributes.includes(one)).map((one) => `lacks ${one}`);
  if (!attributes.some((one) => one === 'samesite=lax' || one === 'samesite=strict')) faults.push('lacks samesite');
  if (attributes.some((one) => one.startsWith('domain='))) faults.push('names a domain');
  if (name.startsWith('__Host-') !== secure) faults.push('has the wrong prefix');
  if (pair.length > 4_096) faults.push('is too long');
  return faults.map((fault) => `cookie ${name} ${fault}`);
}

/** Looks at every answer of a server for as long as it runs. */
export class ResponseLint {
  readonly faults = new Set<string>();
  private readonly nonces = new Set<string>();
  seen = 0;

  constructor(private readonly rules: LintRules) {}

  watch(server: Server): this {
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
      response.once('finish', () => this.take(request, response));
    });
    return this;
  }

  /** Throws with every fault that was found. */
  assert(): void {
    if (this.faults.size > 0) throw new Error(`answers with wrong heads:\n${[...this.faults].join('\n')}`);
  }

  private take(request: IncomingMessage, response: ServerResponse): void {
    this.seen += 1;
    const headers = response.getHeaders();
    const answer = { method: request.method ?? '', target: request.url ?? '', status: response.statusCode, headers };
    for (const fault of faultsOfResponse(answer, this.rules)) this.faults.add(fault);
    const nonce = /'nonce-([\w-]+)'/.exec(String(headers['content-security-policy'] ?? ''))?.[1];
    if (nonce !== undefined && this.nonces.has(nonce))
      this.faults.add(`${answer.method} ${answer.target}: an old nonce`);
    if (nonce !== undefined) this.nonces.add(nonce);
  }
}
