import { createServer, connect, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Sql } from '../../../src/platform/database/sql.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { freePort } from '../../support/free-port.js';

let booted: BootedApp;
let url: string;

beforeAll(async () => {
  booted = await bootApp();
  ({ url } = booted);
});
afterAll(() => booted.close());

const get = (at: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url + at, { redirect: 'manual', headers: { accept: 'text/html', ...headers } });

/** What every answer must carry, whatever it is. Returns what is missing. */
function missing(response: Response): string[] {
  const wanted: [string, RegExp][] = [
    ['content-security-policy', /default-src 'none'.*script-src 'self' 'nonce-[\w-]{22}'.*frame-ancestors 'none'/],
    ['cross-origin-opener-policy', /^same-origin$/],
    ['cross-origin-resource-policy', /^same-origin$/],
    ['permissions-policy', /camera=\(self\)/],
    ['referrer-policy', /^no-referrer$/],
    ['x-content-type-options', /^nosniff$/],
    ['x-request-id', /^[0-9a-f]{32}$/],
  ];
  return wanted.filter(([name, pattern]) => !pattern.test(response.headers.get(name) ?? '')).map(([name]) => name);
}

describe('every answer', () => {
  it.each([
    '/sign-in',
    '/setup',
    '/',
    '/no/such/page',
    '/today',
    '/health/ready',
    '/metrics',
    '/j/forged',
    '/p/nothing',
  ])('carries the security headers: %s', async (at) => {
    const response = await get(at);
    expect(missing(response)).toEqual([]);
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('x-powered-by')).toBeNull();
  });

  it('notices a header that is not there (the control)', () => {
    expect(missing(new Response('', { headers: { 'referrer-policy': 'no-referrer' } }))).toContain(
      'content-security-policy',
    );
  });

  it('has a nonce of its own each time', async () => {
    const nonces = await Promise.all(
      Array.from(
        { length: 50 },
        async () => /nonce-([\w-]+)/.exec((await get('/setup')).headers.get('content-security-policy') ?? '')?.[1],
      ),
    );
    expect(new Set(nonces).size).toBe(50);
  });
});

describe('bad requests', () => {
  it('answers unknown pages and malformed ids alike', async () => {
    const bodies = await Promise.all(
      ['/no/such/page', '/j/forged', `/j/${'A'.repeat(43)}`].map(async (at) => ({
        status: (await get(at)).status,
        at,
      })),
    );
    expect(bodies.map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it('answers a body that cannot be read with 400 and one that is too large with 413', async () => {
    const post = (type: string, body: string): Promise<Response> =>
      fetch(`${url}/sign-in`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': type, accept: 'text/html' },
        body,
      });
    expect((await post('application/json', '{"a":')).status).toBe(400);
    expect((await post('application/x-www-form-urlencoded', `email=${'x'.repeat(300_000)}`)).status).toBe(413);
    expect(
      (await post('application/x-www-form-urlencoded', Array.from({ length: 600 }, (_, at) => `f${at}=1`).join('&')))
        .status,
    ).toBe(413);
  });

  it('answers a path that cannot be decoded with 400', async () => {
    expect((await get('/clients/%E0%A4%A')).status).toBe(400);
  });

  it('refuses a change without a token', async () => {
    const response = await fetch(`${url}/sign-in`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ email: 'a@example.org' }),
    });
    expect(response.status).toBe(403);
  });

  it('answers scripts with a code and people with a page', async () => {
    const json = await fetch(`${url}/no/such/page`, { headers: { accept: 'application/json' } });
    expect(await json.json()).toMatchObject({ code: 'not-found' });
    expect(await (await get('/no/such/page')).text()).toContain('<main');
  });
});

describe('when PostgreSQL is gone', () => {
  let database: TestDatabase;
  let proxy: Server;
  let apart: BootedApp;
  let cut = false;
  const open = new Set<Socket>();

  beforeAll(async () => {
    database = await freshDatabase();
    const socket = path.join(String(database.connection.host), '.s.PGSQL.5432');
    const port = await freePort();
    proxy = createServer((client) => {
      if (cut) return void client.destroy();
      const server = connect(socket);
      for (const end of [client, server]) {
        open.add(end);
        end.on('error', () => end.destroy());
        end.on('close', () => {
          open.delete(end);
          client.destroy();
          server.destroy();
        });
      }
      client.pipe(server).pipe(client);
    });
    await new Promise<void>((resolve) => proxy.listen(port, '127.0.0.1', resolve));
    const databaseUrl = `postgres://${database.connection.user}:${String(database.connection.password)}@127.0.0.1:${port}/${database.name}`;
    apart = await bootApp({ beside: { databaseUrl, keys: booted.keys }, env: { ALCOVE_DATABASE_TLS: 'off' } });
  });
  afterAll(async () => {
    cut = false;
    await apart.close();
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => proxy.close(resolve));
    await database.close();
  });

  it('answers 503 within two seconds, then goes on by itself', async () => {
    const page = (): Promise<Response> =>
      fetch(`${apart.url}/sign-in`, { redirect: 'manual', headers: { accept: 'text/html' } });
    expect((await page()).status).toBe(303);

    cut = true;
    for (const socket of open) socket.destroy();
    const began = Date.now();
    const answers = await Promise.all([page(), page(), page()]);
    expect(Date.now() - began).toBeLessThan(2_000);
    expect(answers.map(({ status }) => status)).toEqual([503, 503, 503]);
    expect(answers[0].headers.get('retry-after')).toBe('5');
    expect(await answers[0].text()).toContain('<main');
    expect((await fetch(`${apart.url}/health/ready`)).status).toBe(503);
    expect((await fetch(`${apart.url}/health/live`)).status).toBe(200);

    cut = false;
    let status = 0;
    for (let tries = 0; tries < 40 && status !== 303; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      ({ status } = await page());
    }
    expect(status).toBe(303);
    expect(await apart.app.get(Sql).first({ name: 'test.after', text: 'select 1 as one' })).toEqual({ one: 1 });
  });
});
