import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { ProviderError, type CallContext, type VideoProvider } from '@alcove/sdk';
import { runner } from './runner.js';

/** A provider to test, and the way to end what it stands on. */
export interface VideoUnderTest {
  readonly provider: VideoProvider;
  close(): Promise<void>;
}

const HOUR = 3_600_000;

/**
 * The tests every `video@1` provider must pass. `make` is called once per test.
 *
 * @example
 * ```ts
 * videoContract(async () => {
 *   const booted = await bootPlugin(manifest, definition, { dataSource });
 *   return { provider: booted.context.get(AcmeVideoProvider), close: () => booted.close() };
 * });
 * ```
 */
export function videoContract(make: () => Promise<VideoUnderTest>): void {
  const { describe, it } = runner();
  const test = (name: string, body: (provider: VideoProvider) => Promise<void>): void =>
    it(name, async () => {
      const { provider, close } = await make();
      try {
        await body(provider);
      } finally {
        await close();
      }
    });

  describe('a video@1 provider', () => {
    test('says what it can do in plain data', async ({ features }) => {
      assert.ok(features.maxParticipants >= 2);
      assert.equal(typeof features.screenShare, 'boolean');
      assert.equal(typeof features.chat, 'boolean');
    });

    test('opens a room again without harm', async (provider) => {
      const room = newRoom();
      assert.equal((await provider.openRoom(context(), room)).room, room.room);
      assert.equal((await provider.openRoom(context(), room)).room, room.room);
    });

    test('admits with a new secret each time, for minutes, for one room', async (provider) => {
      const room = newRoom();
      await provider.openRoom(context(), room);
      const tickets = await Promise.all([host, guest, guest].map((one) => provider.admit(context(), room, one)));
      assert.equal(new Set(tickets.map((ticket) => ticket.token)).size, tickets.length);
      for (const ticket of tickets) {
        assert.equal(ticket.room, room.room);
        assert.ok(Buffer.byteLength(ticket.token) >= 22, 'a token carries at least 128 bits');
        const lasts = Date.parse(ticket.expiresAt) - Date.now();
        assert.ok(lasts > 0 && lasts <= HOUR, `a ticket lasts minutes, not ${lasts} ms`);
      }
    });

    test('keeps the token out of every address of the page', async (provider) => {
      const room = newRoom();
      await provider.openRoom(context(), room);
      const ticket = await provider.admit(context(), room, guest);
      const embed = provider.embed(ticket);
      for (const file of [embed.module, embed.stylesheet ?? 'none.css']) {
        assert.match(file, /^[A-Za-z0-9][A-Za-z0-9._/-]*$/, 'files are relative to the assets of the plugin');
        assert.ok(!file.includes(ticket.token));
      }
      assert.deepEqual(JSON.parse(JSON.stringify(embed.config)), embed.config, 'the config is plain data');
      for (const address of addresses(embed.config))
        assert.ok(!address.includes(ticket.token), 'no token in an address');
    });

    test('admits nobody to a room that was never opened', async (provider) => {
      await refuses(provider.admit(context(), newRoom(), guest));
    });

    test('closes for good, and closing twice is no error', async (provider) => {
      const room = newRoom();
      await provider.openRoom(context(), room);
      await provider.closeRoom(context(), room);
      await provider.closeRoom(context(), room);
      await refuses(provider.admit(context(), room, guest));
    });

    test('puts one person out without closing the room, and twice is no error', async (provider) => {
      const room = newRoom();
      await provider.openRoom(context(), room);
      await provider.remove(context(), room, guest.participant);
      await provider.remove(context(), room, guest.participant);
      await provider.admit(context(), room, host);
    });

    test('closes and removes what it does not know without an error', async (provider) => {
      const room = newRoom();
      await provider.closeRoom(context(), room);
      await provider.remove(context(), room, guest.participant);
    });
  });
}

const host = { participant: 'host-reference', role: 'host', displayName: 'Clinician' } as const;
const guest = { participant: 'guest-reference', role: 'guest', displayName: 'Client' } as const;

const context = (): CallContext => ({ signal: AbortSignal.timeout(5_000), requestId: randomBytes(8).toString('hex') });

const newRoom = () => ({
  room: randomBytes(16).toString('base64url'),
  capacity: 2,
  closesAt: new Date(Date.now() + HOUR).toISOString(),
});

/** A refusal is a `ProviderError` of the kind `rejected`, so that the page can say the right thing. */
async function refuses(call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error) => ProviderError.is(error) && error.kind === 'rejected');
}

/** Texts in a config that are addresses. */
function addresses(value: unknown): string[] {
  if (typeof value === 'string') return /^(\/|https?:|wss?:)/.test(value) ? [value] : [];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(addresses) : [];
}
