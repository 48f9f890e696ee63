import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeSocket, MemoryBus, memoryPorts, MemorySeats } from '../../test/support/memory-signalling.js';
import type { SignallingOptions } from './signalling-options.js';
import { Signalling, type SignalSession } from './signalling.js';

const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
};
const pageA = 'page-aaaa-1';
const pageB = 'page-bbbb-1';
const candidate = {
  candidate: 'candidate:1 1 udp 1 192.0.2.1 5000 typ host',
  sdpMid: '0',
  sdpMLineIndex: 0,
  usernameFragment: 'u',
};

/** One browser page on one server process. */
class Page {
  readonly socket = new FakeSocket();
  private readonly session: SignalSession;

  constructor(server: Signalling) {
    this.session = server.open(this.socket);
    this.socket.onClosed = () => this.session.closed();
  }

  say(message: object | string): void {
    this.session.message(typeof message === 'string' ? message : JSON.stringify(message));
  }

  hello(token: string, page: string): Promise<void> {
    this.say({ type: 'hello', token, page });
    return settle();
  }

  vanish(): Promise<void> {
    this.session.closed();
    return settle();
  }
}

describe('Signalling', () => {
  let ports: ReturnType<typeof memoryPorts>;
  let other: ReturnType<typeof memoryPorts>;
  let one: Signalling;
  let two: Signalling;

  const servers = (options: Partial<SignallingOptions> = {}) => {
    const seats = new MemorySeats();
    const bus = new MemoryBus();
    ports = memoryPorts(seats, bus);
    other = memoryPorts(seats, bus);
    one = new Signalling(ports, options);
    two = new Signalling(other, options);
  };
  const join = async (server: Signalling, participant: string, page: string) => {
    const joined = new Page(server);
    await joined.hello(ports.seats.ticket('room', participant), page);
    return joined;
  };

  beforeEach(() => servers());
  afterEach(() => {
    one.stop();
    two.stop();
  });

  it('welcomes two pages, one polite and one not, and tells each of the other', async () => {
    const a = await join(one, 'anna', pageA);
    const b = await join(one, 'ben', pageB);
    expect(a.socket.last('welcome')).toMatchObject({ polite: false, peer: null });
    expect(b.socket.last('welcome')).toMatchObject({ polite: true, peer: pageA, away: false });
    expect(a.socket.last('peer')).toEqual({ type: 'peer', page: pageB });
  });

  it('closes a silent socket after its time', async () => {
    servers({ helloMs: 10 });
    const page = new Page(one);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect(page.socket.closed?.code).toBe(4401);
  });

  it.each([
    ['forged', () => 'no-such-ticket'],
    ['expired', () => ports.seats.ticket('room', 'anna', -1)],
  ])('refuses a %s ticket', async (_, token) => {
    const page = new Page(one);
    await page.hello(token(), pageA);
    expect(page.socket.closed?.code).toBe(4403);
    expect(page.socket.sent).toEqual([]);
  });

  it('takes a ticket once', async () => {
    const token = ports.seats.ticket('room', 'anna');
    const first = new Page(one);
    await first.hello(token, pageA);
    const second = new Page(two);
    await second.hello(token, pageB);
    expect(first.socket.last('welcome')).toBeDefined();
    expect(second.socket.closed?.code).toBe(4403);
  });

  it('refuses a third person and leaves the two alone', async () => {
    const a = await join(one, 'anna', pageA);
    const b = await join(two, 'ben', pageB);
    const c = await join(one, 'cleo', 'page-cccc-1');
    expect(c.socket.closed?.code).toBe(4410);
    expect([a.socket.closed, b.socket.closed]).toEqual([null, null]);
    expect(a.socket.sent.filter((message) => message.type === 'peer')).toHaveLength(1);
  });

  describe.each([
    ['on one server process', () => one],
    ['on two server processes', () => two],
  ])('%s', (_, second) => {
    it('relays descriptions, candidates and resets, rebuilt and with the sender named', async () => {
      const a = await join(one, 'anna', pageA);
      const b = await join(second(), 'ben', pageB);
      a.say({
        type: 'description',
        to: pageB,
        epoch: 1,
        n: 1,
        description: { type: 'offer', sdp: 'v=0', evil: 1 },
        extra: 'x',
      });
      a.say({ type: 'candidate', to: pageB, epoch: 1, candidate });
      a.say({ type: 'candidate', to: pageB, epoch: 1, candidate: null });
      a.say({ type: 'reset', to: pageB, epoch: 2 });
      await settle();
      expect(b.socket.sent.slice(1)).toEqual([
        { type: 'description', epoch: 1, n: 1, description: { type: 'offer', sdp: 'v=0' }, from: pageA },
        { type: 'candidate', epoch: 1, candidate, from: pageA },
        { type: 'candidate', epoch: 1, candidate: null, from: pageA },
        { type: 'reset', epoch: 2, from: pageA },
      ]);
    });

    it('puts the first page out when the same person opens a second one', async () => {
      const b = await join(one, 'ben', pageB);
      const a1 = await join(one, 'anna', pageA);
      const a2 = await join(second(), 'anna', 'page-aaaa-2');
      expect(a1.socket.closed?.code).toBe(4409);
      expect(a2.socket.last('welcome')).toMatchObject({ peer: pageB, polite: true });
      expect(b.socket.last('peer')).toEqual({ type: 'peer', page: 'page-aaaa-2' });
      expect(b.socket.last('peer-away')).toBeUndefined();
    });

    it('keeps the seat for a page whose socket broke, and tells the other the same page is back', async () => {
      const b = await join(one, 'ben', pageB);
      const a = await join(second(), 'anna', pageA);
      await a.vanish();
      expect(b.socket.last('peer-away')).toEqual({ type: 'peer-away', page: pageA });
      const third = await join(one, 'cleo', 'page-cccc-1');
      expect(third.socket.closed?.code).toBe(4410);
      const again = await join(one, 'anna', pageA);
      expect(again.socket.last('welcome')).toMatchObject({ peer: pageB });
      expect(b.socket.sent.filter((message) => message.type === 'peer')).toHaveLength(2);
    });

    it('says "left" only when somebody really left', async () => {
      const b = await join(one, 'ben', pageB);
      const a = await join(second(), 'anna', pageA);
      a.say({ type: 'bye' });
      await settle();
      expect(b.socket.last('peer-left')).toEqual({ type: 'peer-left', page: pageA });
      const c = await join(second(), 'cleo', 'page-cccc-1');
      expect(c.socket.last('welcome')).toMatchObject({ peer: pageB });
    });

    it('closes everybody when the room is closed', async () => {
      const a = await join(one, 'anna', pageA);
      const b = await join(second(), 'ben', pageB);
      ports.seats.closedRooms.add('room');
      await one.closeRoom('room');
      await settle();
      expect([a.socket.closed?.code, b.socket.closed?.code]).toEqual([4404, 4404]);
    });

    it('puts one person out', async () => {
      const a = await join(one, 'anna', pageA);
      const b = await join(second(), 'ben', pageB);
      await one.remove('room', 'ben');
      await settle();
      expect(b.socket.closed?.code).toBe(4405);
      expect(a.socket.closed).toBeNull();
    });
  });

  it('does not relay to a page of the same person, even under the other page’s name', async () => {
    const a = await join(one, 'anna', pageA);
    await join(one, 'ben', pageA);
    a.say({ type: 'candidate', to: pageA, epoch: 1, candidate: null });
    await settle();
    expect(a.socket.last('candidate')).toBeUndefined();
  });

  it('drops messages to a page that is not opposite', async () => {
    const a = await join(one, 'anna', pageA);
    await join(two, 'ben', pageB);
    a.say({ type: 'candidate', to: 'page-else-1', epoch: 1, candidate: null });
    await settle();
    expect(ports.bus.published.filter((message) => message.kind === 'relay')).toEqual([]);
  });

  it('repairs by heartbeat what the bus lost: an arrival, a replacement, a departure', async () => {
    ports.bus.loses = () => true;
    const a = await join(one, 'anna', pageA);
    const b = await join(two, 'ben', pageB);
    expect(a.socket.last('peer')).toBeUndefined();
    await one.beat();
    expect(a.socket.last('peer')).toEqual({ type: 'peer', page: pageB });

    const b2 = await join(one, 'ben', 'page-bbbb-2');
    expect(b.socket.closed).toBeNull();
    await two.beat();
    expect(b.socket.closed?.code).toBe(4409);
    expect(b2.socket.closed).toBeNull();

    ports.seats.seats.set('room', []);
    await one.beat();
    expect(a.socket.closed?.code).toBe(4500);
  });

  it('lets the later of two simultaneous pages win, whatever the order of the news', async () => {
    const first = new Page(one);
    const second = new Page(two);
    first.say({ type: 'hello', token: ports.seats.ticket('room', 'anna'), page: pageA });
    second.say({ type: 'hello', token: ports.seats.ticket('room', 'anna'), page: 'page-aaaa-2' });
    await settle();
    const open = [first, second].filter((page) => page.socket.closed === null);
    expect(open).toHaveLength(1);
    const holder = ports.seats.seats.get('room')?.[0]?.page;
    expect(open[0]?.socket.last('welcome')).toBeDefined();
    expect(holder).toBe(open[0] === first ? pageA : 'page-aaaa-2');
  });

  it('does not miss a page that enters while another is being seated', async () => {
    const a = new Page(one);
    const b = new Page(two);
    a.say({ type: 'hello', token: ports.seats.ticket('room', 'anna'), page: pageA });
    b.say({ type: 'hello', token: ports.seats.ticket('room', 'ben'), page: pageB });
    await settle();
    const knows = (page: Page, peer: string) =>
      page.socket.sent.some((message) => message.peer === peer || (message.type === 'peer' && message.page === peer));
    expect([knows(a, pageB), knows(b, pageA)]).toEqual([true, true]);
  });

  it('reports presence: joined, alive, left; a replaced page says nothing', async () => {
    await join(one, 'anna', pageA);
    await one.beat();
    const a2 = await join(one, 'anna', 'page-aaaa-2');
    await a2.vanish();
    expect(ports.reports.map(({ state, page }) => [state, page])).toEqual([
      ['joined', pageA],
      ['alive', pageA],
      ['joined', 'page-aaaa-2'],
      ['left', 'page-aaaa-2'],
    ]);
  });

  it('asks pages to come back when the store fails, and keeps seated ones', async () => {
    const a = await join(one, 'anna', pageA);
    ports.seats.failure = new Error('database is away');
    const b = await join(one, 'ben', pageB);
    await one.beat();
    expect(b.socket.closed?.code).toBe(4500);
    expect(a.socket.closed).toBeNull();
    expect(ports.errors.map(({ message }) => message)).toEqual(['a page could not be seated', 'the heartbeat failed']);
  });

  it('gives a seat back when the socket vanished while it was being taken', async () => {
    const b = await join(one, 'ben', pageB);
    const a = new Page(one);
    a.say({ type: 'hello', token: ports.seats.ticket('room', 'anna'), page: pageA });
    await new Promise((resolve) => setImmediate(resolve));
    await a.vanish();
    expect(b.socket.last('peer')).toBeUndefined();
    expect(ports.reports.map(({ state }) => state)).not.toContain('alive');
  });

  it('closes a page that sends too much, and does not punish a normal burst', async () => {
    const a = await join(one, 'anna', pageA);
    await join(one, 'ben', pageB);
    for (let n = 0; n < 100; n++) a.say({ type: 'candidate', to: pageB, epoch: 1, candidate });
    expect(a.socket.closed).toBeNull();
    for (let n = 0; n < 200; n++) a.say({ type: 'candidate', to: pageB, epoch: 1, candidate });
    expect(a.socket.closed?.code).toBe(4429);
  });

  it('limits sockets that have not said hello', () => {
    servers({ maxGreeting: 2 });
    const pages = [new Page(one), new Page(one), new Page(one)];
    expect(pages.map((page) => page.socket.closed?.code)).toEqual([undefined, undefined, 4500]);
  });

  it('keeps SDP and addresses out of the log', async () => {
    const a = await join(one, 'anna', pageA);
    await join(two, 'ben', pageB);
    ports.bus.publish = () => Promise.reject(new Error('bus down'));
    a.say({ type: 'candidate', to: pageB, epoch: 1, candidate });
    await settle();
    expect(ports.errors).toHaveLength(1);
    expect(JSON.stringify(ports.errors.map(({ message, error }) => [message, String(error)]))).not.toContain(
      '192.0.2.1',
    );
  });

  it('answers ping, and fresh relay credentials on request', async () => {
    const a = await join(one, 'anna', pageA);
    a.say({ type: 'ping' });
    a.say({ type: 'ice' });
    await settle();
    expect(a.socket.sent.slice(1)).toEqual([{ type: 'pong' }, { type: 'ice', iceServers: [], relayOnly: false }]);
  });

  it.each([
    ['not JSON', '{'],
    ['an array', '[]'],
    ['an unknown type', { type: 'eval' }],
    ['a second hello', { type: 'hello', token: 'x', page: pageA }],
    ['a bad page', { type: 'reset', to: '../x', epoch: 1 }],
    ['a bad epoch', { type: 'reset', to: pageB, epoch: 1.5 }],
    ['a prototype key', '{"type":"reset","to":"page-bbbb-1","epoch":{"__proto__":1}}'],
    ['a rollback', { type: 'description', to: pageB, epoch: 1, n: 1, description: { type: 'rollback', sdp: '' } }],
  ])('closes on %s', async (_, message) => {
    const a = await join(one, 'anna', pageA);
    a.say(message);
    expect(a.socket.closed?.code).toBe(4400);
  });

  it('survives ten thousand random messages', async () => {
    let seed = 7;
    const random = (limit: number) => (seed = (seed * 48_271) % 2_147_483_647) % limit;
    const pieces = [
      '"type"',
      '"hello"',
      '"relay"',
      '{',
      '}',
      '[',
      ']',
      ':',
      ',',
      '"to"',
      '1e999',
      'null',
      '"candidate"',
      '\\u0000',
      '"__proto__"',
      '"ice"',
    ];
    const b = await join(one, 'ben', pageB);
    for (let n = 0; n < 10_000; n++) {
      const page = new Page(one);
      const length = random(12);
      page.say(Array.from({ length }, () => pieces[random(pieces.length)]).join(''));
      expect(page.socket.closed?.code).toBe(4400);
      await (n % 500 === 0 ? settle() : undefined);
    }
    expect(b.socket.closed).toBeNull();
    expect(b.socket.sent).toHaveLength(1);
  });
});
