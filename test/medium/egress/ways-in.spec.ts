import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Egress } from '../../../src/platform/egress/egress.js';
import { DomainError } from '../../../src/platform/errors/domain-error.js';
import { spellings } from './spellings.js';
import { egressStand, sentinel, webServer, type EgressStand, type Listening } from './support.js';

const PUBLIC = '93.184.216.34';
/** Names of the corpus that a hostile name server turns inwards. */
const ANSWERS = (): Record<string, string[][]> => ({
  'both.example': [[PUBLIC, '127.0.0.1']],
  'mapped.example': [['::ffff:127.0.0.1']],
  'nat64.example': [['64:ff9b::7f00:1']],
  'meta.example': [['169.254.169.254']],
  'lan.example': [['192.168.1.1']],
  '*': [['127.0.0.1']],
});

/** Codes of what came of calling each address. */
async function callAll(egress: Egress, addresses: readonly string[]): Promise<Set<string>> {
  const codes = new Set<string>();
  for (const address of addresses) {
    try {
      await egress.fetch('test', address);
      codes.add(`answered ${address}`);
    } catch (error) {
      codes.add(error instanceof DomainError ? error.code : String(error));
    }
  }
  return codes;
}

describe('addresses that lead inwards', () => {
  let watch: Listening;
  beforeAll(async () => void (watch = await sentinel()));
  afterAll(() => watch.close());
  const stand = (): EgressStand =>
    egressStand({ env: { ALCOVE_EGRESS_PORTS: `443,${watch.port}` }, answers: ANSWERS() });

  it('in more than 500 spellings make no connection', async () => {
    const addresses = spellings(watch.port);
    expect(addresses.length).toBeGreaterThan(500);
    const { egress } = stand();
    expect([...(await callAll(egress, addresses))]).toEqual(['egress.refused']);
    expect(watch.connections()).toBe(0);
  });

  it('are noticed when the check is missing', async () => {
    const { egress } = stand();
    Object.assign(egress, { judge: () => undefined });
    await callAll(egress, [`https://127.0.0.1:${watch.port}/`, `https://inward.example:${watch.port}/`]);
    expect(watch.connections()).toBe(2);
  });
});

describe('a name server that changes its answer', () => {
  it('is asked once per call, and the connection goes to the judged address', async () => {
    const right = await webServer((_, response) => response.end('right'));
    const wrong = await sentinel('127.0.0.2', right.port);
    const place = `idp.example:${right.port}`;
    const { egress, resolver } = egressStand({
      env: { ALCOVE_EGRESS_PRIVATE_HOSTS: place },
      answers: { 'idp.example': [['127.0.0.1'], ['127.0.0.2']] },
    });
    expect(await (await egress.fetch('test', `http://${place}/`)).text()).toBe('right');
    expect(resolver.asked).toEqual(['idp.example']);
    expect(wrong.connections()).toBe(0);
    await Promise.all([right.close(), wrong.close()]);
  });

  it('is refused at the call in which it turns inwards', async () => {
    const watch = await sentinel();
    const { egress } = egressStand({
      env: { ALCOVE_EGRESS_PORTS: String(watch.port) },
      answers: { 'turn.example': [[PUBLIC, '::1'], ['127.0.0.1'], ['10.0.0.1'], ['fe80::1'], []] },
    });
    const calls = Array.from({ length: 5 }, () => `https://turn.example:${watch.port}/`);
    expect([...(await callAll(egress, calls))]).toEqual(['egress.refused']);
    expect(watch.connections()).toBe(0);
    await watch.close();
  });
});

describe('redirects and proxies', () => {
  it('come back as answers and are followed nowhere', async () => {
    const watch = await sentinel();
    const chain = [301, 302, 303, 307, 308];
    const web = await webServer((request, response) => {
      response.writeHead(Number(request.url?.slice(1)), { location: `http://127.0.0.1:${watch.port}/` }).end();
    });
    const { egress } = egressStand({ env: { ALCOVE_EGRESS_PRIVATE_HOSTS: `127.0.0.1:${web.port}` } });
    for (const status of chain) {
      const answer = await egress.fetch('test', `http://127.0.0.1:${web.port}/${status}`);
      expect(answer.status).toBe(status);
    }
    expect(watch.connections()).toBe(0);
    await Promise.all([watch.close(), web.close()]);
  });

  it('of the environment are not used', async () => {
    const watch = await sentinel();
    const web = await webServer((_, response) => response.end('direct'));
    const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'ALL_PROXY', 'NODE_USE_ENV_PROXY'];
    const before = Object.fromEntries(names.map((name) => [name, process.env[name]]));
    for (const name of names) process.env[name] = `http://127.0.0.1:${watch.port}`;
    try {
      const { egress } = egressStand({ env: { ALCOVE_EGRESS_PRIVATE_HOSTS: `127.0.0.1:${web.port}` } });
      expect(await (await egress.fetch('test', `http://127.0.0.1:${web.port}/`)).text()).toBe('direct');
    } finally {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
    expect(watch.connections()).toBe(0);
    await Promise.all([watch.close(), web.close()]);
  });
});
