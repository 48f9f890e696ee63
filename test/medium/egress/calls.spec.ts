import { createServer as createTlsServer } from 'node:tls';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { EGRESS_LARGEST } from '../../../src/platform/egress/egress.js';
import { egressStand, webServer, type Listening } from './support.js';

const MEGABYTE = Buffer.alloc(1_024 * 1_024, 120);

describe('a call', () => {
  let web: Listening;
  let place: string;
  let written = 0;
  beforeAll(async () => {
    web = await webServer((request, response) => {
      if (request.url === '/echo') {
        const chunks: Buffer[] = [];
        request.on('data', (chunk: Buffer) => chunks.push(chunk));
        request.on('end', () => {
          response.setHeader('content-type', 'application/json');
          response.end(
            JSON.stringify({
              method: request.method,
              headers: request.headers,
              body: Buffer.concat(chunks).toString(),
            }),
          );
        });
      } else if (request.url === '/endless') {
        const more = (): void => {
          while (!response.destroyed && response.write(MEGABYTE)) written++;
          written++;
        };
        response.on('drain', more);
        more();
      } else if (request.url === '/announced') {
        response.writeHead(200, { 'content-length': '1073741824' });
        response.write('x');
      } else if (request.url === '/drip') {
        const timer = setInterval(() => response.write('x'), 200);
        response.on('close', () => clearInterval(timer));
      } else if (request.url === '/zip') response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
      else if (request.url === '/full') response.end(MEGABYTE);
      else if (request.url === '/garbage') response.socket?.write('SSH-2.0-OpenSSH\r\n');
      else response.writeHead(204).end();
    });
    place = `127.0.0.1:${web.port}`;
  });
  afterAll(() => web.close());

  const stand = (): ReturnType<typeof egressStand> => egressStand({ env: { ALCOVE_EGRESS_PRIVATE_HOSTS: place } });

  it('sends what it was given, with the Host of the address and no encoding', async () => {
    const { egress } = stand();
    const answer = await egress.fetch('test', `http://${place}/echo`, {
      method: 'POST',
      headers: { Host: 'other.example', 'X-One': '1' },
      body: new URLSearchParams({ a: 'b c' }),
    });
    expect(await answer.json()).toMatchObject({
      method: 'POST',
      body: 'a=b+c',
      headers: { host: place, 'x-one': '1', 'accept-encoding': 'identity' },
    });
    expect((await egress.fetch('test', `http://${place}/nothing`)).status).toBe(204);
    expect((await (await egress.fetch('test', `http://${place}/full`)).arrayBuffer()).byteLength).toBe(EGRESS_LARGEST);
  });

  it.each(['/endless', '/announced'])('reads no more than a megabyte of %s', async (path) => {
    const { egress } = stand();
    await expect(egress.fetch('test', `http://${place}${path}`)).rejects.toMatchObject({ code: 'egress.too-large' });
    expect(written).toBeLessThan(64);
  });

  it('ends after five seconds, however busy the other side looks', async () => {
    const { egress } = stand();
    const began = performance.now();
    await expect(egress.fetch('test', `http://${place}/drip`)).rejects.toMatchObject({ code: 'egress.slow' });
    expect(performance.now() - began).toBeLessThan(6_500);
  }, 10_000);

  it('says what failed without saying where', async () => {
    const { egress } = stand();
    await expect(egress.fetch('test', `http://${place}/zip`)).rejects.toMatchObject({ code: 'egress.unreadable' });
    await expect(egress.fetch('test', `http://${place}/garbage`)).rejects.toMatchObject({ code: 'egress.unreadable' });
    const gone = egressStand({ env: { ALCOVE_EGRESS_PRIVATE_HOSTS: '127.0.0.1:1' } });
    const error = await gone.egress
      .fetch('test', 'http://127.0.0.1:1/secret?token=abc')
      .catch((caught: Error) => caught);
    expect(error).toMatchObject({ code: 'egress.unreachable', details: { purpose: 'test', reason: 'ECONNREFUSED' } });
    expect(JSON.stringify([String(error), (error as Error).cause ?? null])).not.toMatch(/127|secret|abc/);
    const unknown = egressStand({});
    await expect(unknown.egress.fetch('test', 'https://nowhere.example/')).rejects.toMatchObject({
      code: 'egress.unreachable',
      details: { reason: 'ENOTFOUND' },
    });
  });

  it('goes only where its purpose says', async () => {
    const { egress, rows } = egressStand({
      env: { ALCOVE_EGRESS_PRIVATE_HOSTS: place },
      places: ['idp.example:443'],
    });
    await expect(egress.fetch('test', `http://${place}/`)).rejects.toMatchObject({ details: { reason: 'undeclared' } });
    await expect(egress.fetch('other', 'https://idp.example/')).rejects.toMatchObject({
      details: { reason: 'undeclared' },
    });
    expect(rows.map(({ outcome, reason }) => [outcome, reason])).toEqual([
      ['refused', 'undeclared'],
      ['refused', 'undeclared'],
    ]);
  });

  it('speaks plain http only to an excepted loopback, and never in production', async () => {
    const inProduction = egressStand({
      env: { ALCOVE_EGRESS_PRIVATE_HOSTS: place, NODE_ENV: 'production' },
    });
    await expect(inProduction.egress.fetch('test', `http://${place}/`)).rejects.toMatchObject({
      details: { reason: 'plain-http' },
    });
    const lan = egressStand({
      env: { ALCOVE_EGRESS_PRIVATE_HOSTS: 'idp.lan:8080' },
      answers: { 'idp.lan': [['10.1.1.1']] },
    });
    await expect(lan.egress.fetch('test', 'http://idp.lan:8080/')).rejects.toMatchObject({
      details: { reason: 'plain-http' },
    });
  });

  it('keeps the name in the TLS handshake', async () => {
    const asked: string[] = [];
    const server = createTlsServer({
      SNICallback: (name, done) => {
        asked.push(name);
        done(new Error('no certificate here'));
      },
    });
    server.on('tlsClientError', (_, socket) => socket.destroy());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const { egress } = egressStand({
      env: { ALCOVE_EGRESS_PRIVATE_HOSTS: `idp.example:${port}` },
      answers: { 'idp.example': [['127.0.0.1']] },
    });
    await expect(egress.fetch('test', `https://idp.example:${port}/`)).rejects.toMatchObject({
      code: 'egress.unreachable',
    });
    expect(asked).toEqual(['idp.example']);
    await new Promise((resolve) => server.close(resolve));
  });
});

describe('the audit of calls', () => {
  it('has the first call at once and the others of the minute in one row, without paths', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance'] });
    try {
      const { log, rows } = egressStand({});
      const call = { purpose: 'test', place: 'idp.example:443', outcome: 'ok' } as const;
      for (let count = 0; count < 5; count++) await log.note(call);
      await log.note({ ...call, outcome: 'failed', reason: 'egress.slow' });
      expect(rows.map(({ outcome, facts }) => [outcome, facts])).toEqual([
        ['ok', { place: 'idp.example:443', calls: 1 }],
        ['failed', { place: 'idp.example:443', calls: 1 }],
      ]);
      await jest.advanceTimersByTimeAsync(60_000);
      expect(rows.slice(2)).toEqual([
        {
          action: 'egress.call',
          object: 'egress:test',
          outcome: 'ok',
          facts: { place: 'idp.example:443', calls: 4 },
        },
      ]);
    } finally {
      jest.useRealTimers();
    }
  });

  it('is complete when the server stops', async () => {
    const { log, rows } = egressStand({});
    for (let count = 0; count < 3; count++)
      await log.note({ purpose: 'test', place: null, outcome: 'refused', reason: 'scheme' });
    await log.onModuleDestroy();
    expect(rows.map(({ facts }) => facts?.calls)).toEqual([1, 2]);
  });
});
