import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { KEY_SCOPES } from '../../../src/features/access/public.js';
import { RouteTable, type Route } from '../../../src/platform/http/route-table.js';
import { newId } from '../../../src/platform/ids.js';
import { pluginRoot, removeRoots } from '../kernel/support.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { call, programOf } from './support.js';

const ROOT = path.join(import.meta.dirname, '../../..');

interface Operation {
  readonly security: readonly { readonly key: readonly string[] }[];
}
interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}
const openapi = JSON.parse(readFileSync(path.join(ROOT, 'docs/reference/openapi.json'), 'utf8')) as OpenApi;

/** The schema of each address's answer. */
const ANSWERS: Readonly<Record<string, string>> = {
  '/api/v1/whoami': 'Who',
  '/api/v1/audit': 'AuditPage',
  '/api/v1/health': 'Health',
  '/api/v1/staff': 'Staff',
  '/api/v1/security': 'Security',
};

/** The documented schemas, with every object closed: a field that nobody described is a fault here, though clients must bear it. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, part]) => [key, closed(part)]));
  return 'properties' in copy && !('additionalProperties' in copy) ? { ...copy, additionalProperties: false } : copy;
}

let booted: BootedApp;
let program: Awaited<ReturnType<typeof programOf>>;
let all: string;

beforeAll(async () => {
  booted = await bootApp({
    kernel: { pluginRoots: [pluginRoot(['healthy'])], enabledByDefault: ['healthy'] },
  });
  program = await programOf(booted);
  all = await program.key(...KEY_SCOPES);
});
afterAll(async () => {
  await booted.close();
  removeRoots();
});

const routes = (): Route[] => booted.app.get(RouteTable, { strict: false }).routes();
const isApi = (route: Route): boolean => route.path.startsWith('/api/');
const concrete = (pattern: string): string => pattern.replaceAll(/:\w+/g, newId());

describe('keys and the live route table', () => {
  it('open the API and nothing else, with any scope: no page, no stream, no hook, nothing public', async () => {
    const opened: string[] = [];
    for (const route of routes().filter((one) => !isApi(one))) {
      const answer = await call(booted, concrete(route.path), { key: all, method: route.method });
      const hidden = answer.status === 404 && answer.body.code === 'not-found';
      if (!hidden) opened.push(`${route.method} ${route.path}: ${answer.status}`);
    }
    expect(opened).toEqual([]);
    expect(routes().length).toBeGreaterThan(60);
  }, 120_000);

  it('open no plugin, not even what it shows everybody', async () => {
    const statuses = async (key?: string): Promise<number[]> => [
      (await call(booted, '/p/healthy/hello', { key })).status,
      (await call(booted, '/p/healthy/staff', { key })).status,
    ];
    // The control: without a key the one answers and the other leads to the sign-in.
    expect(await statuses()).toEqual([200, 303]);
    expect(await statuses(all)).toEqual([404, 404]);
  });

  it('open of the API what their scopes name', async () => {
    const seen: Record<string, string[]> = {};
    const expected: Record<string, string[]> = {};
    for (const scope of KEY_SCOPES) {
      const key = await program.key(scope);
      seen[scope] = [];
      expected[scope] = [];
      for (const route of routes().filter(isApi)) {
        if (route.policy?.kind === 'access' && route.policy.anyOf.includes(scope)) expected[scope].push(route.path);
        const { status } = await call(booted, route.path, { key });
        if (status === 200) seen[scope].push(route.path);
        else expect([route.path, scope, status]).toEqual([route.path, scope, 404]);
      }
    }
    expect(seen).toEqual(expected);
    expect(seen['health:read']).toEqual(['/api/v1/health', '/api/v1/whoami']);
  });

  it('are what every route of the API asks for, and only to read', () => {
    const odd = routes()
      .filter(isApi)
      .filter(({ policy, method }) => policy?.kind !== 'access' || !policy.keys || method !== 'GET');
    expect(odd).toEqual([]);
    const elsewhere = routes().filter(
      ({ policy, path: at }) => policy?.kind === 'access' && policy.keys && !at.startsWith('/api/'),
    );
    expect(elsewhere).toEqual([]);
  });
});

describe('answers', () => {
  const ajv = new Ajv2020({ strict: false, formats: { uuid: true, 'date-time': true } });
  ajv.addSchema({ $id: 'api', components: closed(openapi.components) as object });
  const faultsOf = (schema: string, body: unknown): unknown => {
    const check = ajv.getSchema(`api#/components/schemas/${schema}`);
    if (!check) throw new Error(schema);
    return check(body) ? [] : check.errors;
  };

  it('are what docs/reference/openapi.json says: addresses, scopes, every field', async () => {
    const documented = Object.entries(openapi.paths).map(([at, verbs]) => [
      at,
      Object.keys(verbs),
      verbs.get?.security.map(({ key }) => key.join()).sort(),
    ]);
    const live = routes()
      .filter(isApi)
      .map((route) => [
        route.path,
        [route.method.toLowerCase()],
        route.policy?.kind === 'access' ? [...route.policy.anyOf].sort() : [],
      ]);
    expect(documented.sort()).toEqual(live.sort());
    for (const [at, schema] of Object.entries(ANSWERS)) {
      const answer = await call(booted, at, { key: all });
      expect([at, answer.status, answer.headers.get('content-type')]).toEqual([
        at,
        200,
        'application/json; charset=utf-8',
      ]);
      expect([at, faultsOf(schema, answer.body)]).toEqual([at, []]);
    }
    expect(Object.keys(ANSWERS).sort()).toEqual(Object.keys(openapi.paths).sort());
    // The control: a field too many and one too few.
    expect(faultsOf('Counts', { lastDay: 1, lastWeek: 1, more: 1 })).not.toEqual([]);
    expect(faultsOf('Counts', { lastDay: 1 })).not.toEqual([]);
  });

  it('are problems when something is wrong, whatever the program says it accepts', async () => {
    const cases = [
      ['/api/v1/audit?limit=0', 400, 'api.parameter'],
      ['/api/v1/audit?limit=5&limit=6', 400, 'api.parameter'],
      ['/api/v1/audit?after=1%27', 400, 'api.parameter'],
      ['/api/v1/nothing', 404, 'not-found'],
      ['/api/v2/whoami', 404, 'not-found'],
      ['/api', 404, 'not-found'],
      ['/admin', 404, 'not-found'],
    ] as const;
    for (const [at, status, code] of cases) {
      const answer = await call(booted, at, { key: all, headers: { accept: 'text/html' } });
      expect([at, answer.status, answer.body.code]).toEqual([at, status, code]);
      expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
      expect(faultsOf('Problem', answer.body)).toEqual([]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });

  it('ask for a key alike, whether none came, a wrong one, or one that is over', async () => {
    const text = (answer: { text: string }): string => answer.text.replace(/"requestId":"[0-9a-f]+"/, '');
    const answers = [
      await call(booted, '/api/v1/whoami'),
      await call(booted, '/api/v1/whoami', { headers: { accept: 'text/html' } }),
      await call(booted, '/api/v1/whoami', { key: 'eyJhbGciOiJub25lIn0.e30.' }),
      await call(booted, '/api/v1/whoami', { key: 'alc_nothing' }),
      await call(booted, '/api/v1/whoami', { key: all.slice(0, -1) }),
      await call(booted, '/admin', { key: all.toUpperCase().replace('ALC', 'alc') }),
    ];
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(new Set(answers.map(text)).size).toBe(1);
    for (const { headers } of answers) {
      expect(headers.get('www-authenticate')).toBe('Bearer realm="alcove"');
      expect(headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    }
  });

  it('say how much of the limit is left', async () => {
    const key = await program.key('health:read');
    const [first, second] = [await call(booted, '/api/v1/whoami', { key }), await call(booted, '/admin', { key })];
    expect(first.headers.get('ratelimit-policy')).toBe('"key";q=600;w=60');
    expect(first.headers.get('ratelimit')).toMatch(/^"key";r=599;t=\d+$/);
    // What is hidden from a key counts as well.
    expect(second.headers.get('ratelimit')).toMatch(/^"key";r=598;t=\d+$/);
  });

  it('name the program and its key', async () => {
    const { body } = await call(booted, '/api/v1/whoami', { key: await program.key('staff:read') });
    expect(body).toEqual({
      program: { id: program.id, name: 'Log collector' },
      key: expect.stringMatching(/^[0-9a-f-]{36}$/),
      scopes: ['staff:read'],
    });
  });
});
