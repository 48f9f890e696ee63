import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { freshDatabase, type TestDatabase } from '../../support/database.js';
import { kernelDatabase, OWNER, removeRoots, startKernel, type TestKernel } from './support.js';

let database: TestDatabase;
let server: TestKernel;

beforeAll(async () => {
  database = await freshDatabase();
  await kernelDatabase(database);
  server = await startKernel(database, { plugins: ['healthy'] });
});

afterAll(async () => {
  await server.close();
  await database.close();
  removeRoots();
});

const dial = (path: string, origin?: string) =>
  new WebSocket(server.url.replace('http', 'ws') + path, origin === undefined ? {} : { origin });

async function open(path = '/p/healthy/echo'): Promise<WebSocket> {
  const socket = dial(path, server.url);
  await once(socket, 'open');
  return socket;
}

async function refusal(path: string, origin?: string): Promise<number> {
  const socket = dial(path, origin);
  socket.on('error', () => undefined);
  const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
  socket.terminate();
  return response.statusCode;
}

const closed = async (socket: WebSocket): Promise<number> => ((await once(socket, 'close')) as [number])[0];

it('carries text both ways', async () => {
  const socket = await open();
  socket.send('hello');
  const [data] = (await once(socket, 'message')) as [Buffer];
  expect(data.toString()).toBe('echo hello');
  socket.close();
});

it('is opened by pages of the own origin only', async () => {
  expect(await refusal('/p/healthy/echo', 'https://elsewhere.example')).toBe(403);
  expect(await refusal('/p/healthy/echo', 'null')).toBe(403);
  expect(await refusal('/p/healthy/echo')).toBe(403);
});

it('exists only where a running plugin declared it', async () => {
  expect(await refusal('/p/healthy/other', server.url)).toBe(404);
  expect(await refusal('/p/nobody/echo', server.url)).toBe(404);
});

it('refuses binary and oversized messages', async () => {
  const binary = await open();
  binary.send(Buffer.from([1, 2, 3]));
  expect(await closed(binary)).toBe(1003);
  const large = await open();
  large.send('x'.repeat(64 * 1024 + 1));
  expect(await closed(large)).toBe(1009);
});

it('closes with 1011 when a listener throws; the plugin goes on', async () => {
  const socket = await open();
  socket.send('throw');
  expect(await closed(socket)).toBe(1011);
  expect(server.admin.one('healthy').state).toBe('active');
  (await open()).close();
});

it('closes with 1001 when the plugin is disabled', async () => {
  const socket = await open();
  const code = closed(socket);
  await server.admin.disable(OWNER, 'healthy');
  expect(await code).toBe(1001);
  expect(await refusal('/p/healthy/echo', server.url)).toBe(404);
});
