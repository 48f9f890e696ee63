import { AccountService, Programs } from '../../../src/features/access/public.js';
import { systemPrincipal, type Principal } from '../../../src/platform/access/principal.js';
import type { BootedApp } from '../../support/app.js';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
}

/** A request of a program; nothing is sent but what is said here. */
export async function call(
  booted: Pick<BootedApp, 'url'>,
  path: string,
  options: { key?: string; method?: string; headers?: Record<string, string> } = {},
): Promise<ApiAnswer> {
  const { key, method = 'GET', headers = {} } = options;
  const response = await fetch(booted.url + path, {
    method,
    redirect: 'manual',
    signal: AbortSignal.timeout(10_000),
    headers: { ...(key === undefined ? {} : { authorization: `Bearer ${key}` }), ...headers },
  });
  // A live stream never ends; what opened one has its status by now.
  const streams = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  if (streams) await response.body?.cancel();
  const text = streams ? '' : await response.text();
  const body = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, headers: response.headers, text, body };
}

/** An owner to make keys as, and their program. */
export async function programOf(booted: BootedApp): Promise<{ key(...scopes: string[]): Promise<string>; id: string }> {
  const ownerId = await booted.app.get(AccountService, { strict: false }).create(systemPrincipal('test'), {
    role: 'owner',
    email: 'owner@care.example',
    password: 'quiet river lantern',
    personId: null,
    timeZone: 'UTC',
  });
  const owner: Principal = { kind: 'user', id: ownerId, role: 'owner', permissions: new Set(['*']) };
  const programs = booted.app.get(Programs, { strict: false });
  const id = await programs.create(owner, { name: 'Log collector', about: '' });
  return { id, key: async (...scopes) => (await programs.createKey(owner, id, { scopes, days: 30 })).text };
}
