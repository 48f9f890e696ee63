import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  Clock,
  Encounters,
  Live,
  Log,
  PluginModuleContext,
  Settings,
  type CallContext,
  type PluginSocket,
  type PresenceReport,
} from '@alcove/sdk';
import { DirectVideoProvider } from '../src/direct-video.provider.js';
import { RoomRepository } from '../src/rooms/room.repository.js';
import { SeatRepository } from '../src/rooms/seat.repository.js';
import { SignalGateway } from '../src/signal.gateway.js';
import { LiveSignalBus } from '../src/signalling/live-bus.js';
import { TurnService } from '../src/turn/turn.service.js';
import { pluginDatabase } from './support/plugin-database.js';

const NOW = new Date('2026-11-24T10:00:00Z');
const context: CallContext = { signal: AbortSignal.timeout(60_000), requestId: 'test' };

class Host extends Live {
  private readonly listeners = new Map<string, Set<(data: Readonly<Record<string, string>>) => void>>();
  async publish(topic: string, data: Readonly<Record<string, string>>): Promise<void> {
    await Promise.resolve();
    for (const listener of this.listeners.get(topic) ?? []) listener(data);
  }
  subscribe(topic: string, listener: (data: Readonly<Record<string, string>>) => void): () => void {
    const all = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, all.add(listener));
    return () => void all.delete(listener);
  }
}
class Presence extends Encounters {
  readonly reports: PresenceReport[] = [];
  async presence(report: PresenceReport): Promise<void> {
    this.reports.push(report);
  }
}
class Quiet extends Log {
  readonly errors: string[] = [];
  debug(): void {}
  info(): void {}
  warn(): void {}
  error(message: string): void {
    this.errors.push(message);
  }
}
class Values extends Settings {
  fails = false;
  constructor(private readonly values: Readonly<Record<string, string>>) {
    super();
  }
  async text(key: string): Promise<string | undefined> {
    if (this.fails) throw new Error('database is away');
    return this.values[key];
  }
  async number(): Promise<undefined> {
    return undefined;
  }
  async flag(key: string): Promise<boolean> {
    return this.values[key] === 'true';
  }
}
class Held extends Clock {
  at = NOW;
  now(): Date {
    return this.at;
  }
}
class Here extends PluginModuleContext {
  readonly id = 'video-direct';
  readonly version = '0.1.0';
  readonly path = '/p/video-direct';
}

/** The host's end of a socket. */
class Socket implements PluginSocket {
  readonly id = randomUUID();
  readonly isOpen = true;
  readonly bufferedAmount = 0;
  readonly sent: Record<string, unknown>[] = [];
  code: number | null = null;
  private hear: (text: string) => void = () => undefined;
  private gone: (code: number) => void = () => undefined;
  send(text: string): void {
    this.sent.push(JSON.parse(text) as Record<string, unknown>);
  }
  close(code: number): void {
    this.code = code;
    this.gone(code);
  }
  onMessage(listener: (text: string) => void): void {
    this.hear = listener;
  }
  onClose(listener: (code: number) => void): void {
    this.gone = listener;
  }
  say(message: object): void {
    this.hear(JSON.stringify(message));
  }
}

describe('DirectVideoProvider', () => {
  let database: Awaited<ReturnType<typeof pluginDatabase>>;
  let provider: DirectVideoProvider;
  let gateways: SignalGateway[];
  const live = new Host();
  const encounters = new Presence();
  const log = new Quiet();
  const clock = new Held();
  const settings = new Values({ 'turn-urls': 'turn:turn.example.org:3478', 'turn-secret': 'north' });
  let room: string;

  beforeAll(async () => {
    database = await pluginDatabase();
    const rooms = new RoomRepository(database.source);
    const seats = new SeatRepository(database.source);
    const turn = new TurnService(settings, clock, log);
    gateways = [0, 1].map(() => new SignalGateway(seats, new LiveSignalBus(live), turn, encounters, log));
    const [first] = gateways;
    if (!first) throw new Error('no gateway');
    provider = new DirectVideoProvider(rooms, first, new Here());
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    room = randomUUID();
    await provider.openRoom(context, { room, capacity: 2, closesAt: new Date(Date.now() + 3_600_000).toISOString() });
  });

  const admit = (participant: string) =>
    provider.admit(context, { room }, { participant, role: 'guest', displayName: 'Rowan' });
  const enter = async (participant: string, server: number) => {
    const socket = new Socket();
    gateways[server]?.open(socket);
    socket.say({ type: 'hello', token: (await admit(participant)).token, page: `page-${participant}` });
    await until(() => socket.sent.length > 0 || socket.code !== null);
    return socket;
  };
  const until = async (test: () => boolean, ms = 1_000) => {
    const end = Date.now() + ms;
    while (!test() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(test()).toBe(true);
  };

  it('brings two people together over two server processes, with relay passwords for this call', async () => {
    const anna = await enter('anna', 0);
    const ben = await enter('ben', 1);
    expect(ben.sent[0]).toMatchObject({ type: 'welcome', polite: true, peer: 'page-anna', relayOnly: false });
    await until(() => anna.sent.some((message) => message.type === 'peer' && message.page === 'page-ben'));
    expect(anna.sent[0]?.iceServers).toEqual([
      {
        urls: ['turn:turn.example.org:3478'],
        username: expect.stringMatching(new RegExp(`^${NOW.getTime() / 1000 + 3_600}:[\\w-]{16}$`)),
        credential: expect.stringMatching(/^[\w+/]{27}=$/),
      },
    ]);
    expect(encounters.reports).toContainEqual({ room, participant: 'ben', page: 'page-ben', state: 'joined' });
  });

  it('ends a session for everybody within a second, and again without harm', async () => {
    const [anna, ben] = [await enter('anna', 0), await enter('ben', 1)];
    await provider.closeRoom(context, { room });
    await until(() => anna.code === 4404 && ben.code === 4404);
    await provider.closeRoom(context, { room });
    await expect(admit('anna')).rejects.toMatchObject({ kind: 'rejected' });
    const reopen = provider.openRoom(context, { room, capacity: 2, closesAt: new Date().toISOString() });
    await expect(reopen).rejects.toMatchObject({ kind: 'rejected' });
  });

  it('puts one person out and lets them in again after a new admission', async () => {
    const [anna, ben] = [await enter('anna', 0), await enter('ben', 1)];
    await provider.remove(context, { room }, 'ben');
    await provider.remove(context, { room }, 'nobody');
    await until(() => ben.code === 4405);
    expect(anna.code).toBeNull();
    expect((await enter('ben', 0)).sent[0]).toMatchObject({ type: 'welcome', peer: 'page-anna' });
  });

  it('hands the page what it needs and no more: no name, no room in an address', async () => {
    const ticket = await admit('anna');
    const { module, stylesheet, config } = provider.embed(ticket);
    expect([module, stylesheet]).toEqual(['room.js', 'room.css']);
    expect(Object.keys(config)).toEqual(['socket', 'token', 'labels']);
    expect(config.socket).toBe('/p/video-direct/signal');
    expect(JSON.stringify(config)).not.toContain('Rowan');
  });

  it.each([
    ['more than two people', { capacity: 3 }, 'unsupported'],
    ['nobody', { capacity: 0 }, 'rejected'],
    ['a date that is none', { closesAt: 'soon' }, 'rejected'],
    ['a room without a name', { room: '' }, 'rejected'],
  ])('refuses a room for %s', async (_, wrong, kind) => {
    const request = { room: randomUUID(), capacity: 2, closesAt: new Date().toISOString(), ...wrong };
    await expect(provider.openRoom(context, request)).rejects.toMatchObject({ kind });
  });

  it('refuses tickets for rooms nobody opened', async () => {
    const stranger = { participant: 'anna', role: 'guest', displayName: 'Rowan' } as const;
    await expect(provider.admit(context, { room: 'unknown' }, stranger)).rejects.toMatchObject({ kind: 'rejected' });
  });

  it('still gives a running call relay passwords while the settings cannot be read', async () => {
    const anna = await enter('anna', 0);
    settings.fails = true;
    clock.at = new Date(NOW.getTime() + 60_000);
    anna.say({ type: 'ice' });
    await until(() => anna.sent.some((message) => message.type === 'ice'));
    settings.fails = false;
    expect(log.errors).toContain('the relay settings could not be read; the last ones are used');
  });
});
