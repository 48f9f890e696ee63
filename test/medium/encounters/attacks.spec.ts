import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { encounterOf } from '../../../src/features/encounters/encounter.queries.js';
import { readToken } from '../../../src/features/encounters/links/link-token.js';
import { DomainError } from '../../../src/platform/errors/domain-error.js';
import { newId, newSecret } from '../../../src/platform/ids.js';
import { systemPrincipal } from '../../../src/platform/access/principal.js';
import { answers, clinicianOf, host, request, world, type World } from './support.js';

const name = () => 'Rowan';

/** `let in`, or the code with which the attempt was refused. Anything that is no coded refusal is a fault of the test or the code. */
async function outcome(attempt: Promise<unknown>): Promise<string> {
  try {
    await attempt;
    return 'let in';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

/**
 * Attacks on the door. Each is tried twice: against the code as it is, and with its guard taken out, where it must succeed. An attack
 * that fails without its guard would prove nothing.
 */
describe('attacks on the door', () => {
  let w: World;
  beforeAll(async () => {
    w = await world();
  });
  afterAll(() => w.close());
  beforeEach(() => {
    w.clock.at = new Date('2026-11-17T17:50:00Z');
    w.audit.rows.length = 0;
  });
  afterEach(() => void jest.restoreAllMocks());

  const come = async (appointment = w.appointments.book(), client = appointment.memberIds[0]) => {
    const token = await w.token(appointment, client);
    const secret = newSecret();
    const arrival = await w.arrivals.enter(token, secret, answers, request);
    return { appointment, token, secret, arrival, who: clinicianOf(appointment) };
  };
  const admitted = async (appointment = w.appointments.book(), client = appointment.memberIds[0]) => {
    const person = await come(appointment, client);
    await w.waitingRoom.admit(person.who, appointment.id, person.arrival, 'r');
    return person;
  };
  const ticket = (token: string, secret: string | undefined) =>
    outcome(w.tickets.forDoor(token, secret, name, request));
  const setState = (arrival: string, state: string) =>
    w.dataSource.query('UPDATE core.arrival SET state = $2 WHERE id = $1', [arrival, state]);

  it('a ticket before admission', async () => {
    const { token, secret, arrival } = await come();
    const before = w.video.tickets.length;
    expect(await ticket(token, secret)).toBe('encounters.not-admitted');
    expect(w.video.tickets).toHaveLength(before);
    expect(w.audit.rows.at(-1)).toMatchObject({
      action: 'ticket.issue',
      outcome: 'refused',
      reason: 'encounters.not-admitted',
    });
    // Planted fault: the state of the arrival is what holds the door.
    await setState(arrival, 'admitted');
    expect(await ticket(token, secret)).toBe('let in');
  });

  it('a link without the cookie of an admitted browser', async () => {
    const { token, secret } = await admitted();
    expect(await ticket(token, undefined)).toBe('not-found');
    expect(await ticket(token, newSecret())).toBe('not-found');
    expect(await ticket(token, secret)).toBe('let in');
  });

  it("the cookie of another person's arrival, in the same session and in another one", async () => {
    const appointment = w.appointments.book({ memberIds: [newId(), newId()] });
    const inside = await admitted(appointment, appointment.memberIds[0]);
    const other = await w.token(appointment, appointment.memberIds[1]);
    const elsewhere = await admitted();
    expect(await ticket(other, inside.secret)).toBe('not-found');
    expect(await ticket(elsewhere.token, inside.secret)).toBe('not-found');
    expect(await ticket(inside.token, elsewhere.secret)).toBe('not-found');

    // Planted fault: arrivals found by the cookie alone.
    const first = w.sql.first.bind(w.sql);
    jest.spyOn(w.sql, 'first').mockImplementation(async (query, values = []) => {
      if (query.name !== 'encounters.arrival-of-browser') return first(query, values);
      const [row] = await w.dataSource.query('SELECT * FROM core.arrival WHERE browser_hash = $1', [values[2]]);
      return row;
    });
    expect(await ticket(other, inside.secret)).toBe('let in');
  });

  it('a guessed or changed link', async () => {
    const { token, secret } = await admitted();
    const bytes = Buffer.from(token, 'base64url');
    const flipped = Buffer.from(bytes);
    flipped[31] ^= 1;
    const guessed = Buffer.concat([Buffer.from(newId().replaceAll('-', ''), 'hex'), bytes.subarray(16)]);
    for (const forged of [flipped, guessed])
      expect(await ticket(forged.toString('base64url'), secret)).toBe('not-found');
    expect(await ticket(newSecret(32), secret)).toBe('not-found');
    for (const odd of ['', 'x', `${token}x`, token.slice(1), '../../today', '%00'.repeat(14)])
      expect(await ticket(odd, secret)).toBe('not-found');

    // Planted fault: a link believed without its signature.
    jest.spyOn(w.links, 'read').mockImplementation(async (claimed) => {
      const linkId = readToken(claimed)?.linkId;
      const [row] = linkId ? await w.dataSource.query('SELECT * FROM core.session_link WHERE id = $1', [linkId]) : [];
      return row && { id: row.id, appointmentId: row.appointment_id, clientId: row.client_id, version: row.version };
    });
    expect(await ticket(flipped.toString('base64url'), secret)).toBe('let in');
  });

  it('a revoked link', async () => {
    const { appointment, token, secret } = await admitted();
    expect(await ticket(token, secret)).toBe('let in');
    await w.links.revoke(systemPrincipal('test'), appointment.id, appointment.memberIds[0]);
    expect(await ticket(token, secret)).toBe('not-found');
    // Whoever came in with it is out of the room; with the new link the same browser waits again.
    expect(w.video.removed).toContain(w.video.tickets.at(-1)?.participant);
    const fresh = await w.token(appointment);
    expect(await ticket(fresh, secret)).toBe('encounters.not-admitted');
    const arrival = await w.arrivals.enter(fresh, secret, answers, request);
    expect(await ticket(fresh, secret)).toBe('encounters.not-admitted');
    await w.waitingRoom.admit(clinicianOf(appointment), appointment.id, arrival, 'request');
    expect(await ticket(fresh, secret)).toBe('let in');
  });

  it('every link of a client whose account ended', async () => {
    const { appointment, token, secret } = await admitted();
    const bystander = await admitted();
    expect(await ticket(token, secret)).toBe('let in');
    const [client] = appointment.memberIds;
    await w.links.revokeAllOf(client);
    expect(await ticket(token, secret)).toBe('not-found');
    expect(w.video.removed).toContain(w.video.tickets.at(-1)?.participant);
    expect(await ticket(bystander.token, bystander.secret)).toBe('let in');
  });

  it('the link of somebody who is no longer part of the appointment', async () => {
    const { appointment, token, secret } = await admitted();
    w.appointments.book({ ...appointment, memberIds: [newId()] });
    expect(await ticket(token, secret)).toBe('not-found');
    w.appointments.book(appointment);
    expect(await ticket(token, secret)).toBe('let in');
  });

  it('an ended session, for client and clinician', async () => {
    const { appointment, token, secret, who } = await admitted();
    await w.hosting.end(who, appointment.id, 'r');
    expect(await ticket(token, secret)).toBe('encounters.ended');
    expect(await outcome(w.tickets.forHost(who, appointment.id, 'Ines', 'r'))).toBe('encounters.ended');
    expect(await outcome(w.waitingRoom.admit(who, appointment.id, newId(), 'r'))).toBe('not-found');
    // Planted fault: the state of the session is what closed it.
    await w.dataSource.query(
      `UPDATE core.encounter SET state = 'open', ended_at = NULL, end_reason = NULL WHERE appointment_id = $1`,
      [appointment.id],
    );
    expect(await ticket(token, secret)).toBe('let in');
  });

  it('a session that was never ended, after its link has run out', async () => {
    const { token, secret } = await admitted();
    w.clock.step(60 + 12 * 60 - 1);
    expect(await ticket(token, secret)).toBe('let in');
    w.clock.step(1);
    expect(await ticket(token, secret)).toBe('encounters.ended');
  });

  it('a client who admits themselves, at the service and over the wire', async () => {
    const { appointment, arrival, token } = await come();
    const door = { kind: 'door' as const, id: arrival, permissions: new Set<string>() };
    const portal = {
      kind: 'user' as const,
      id: 'account',
      personId: appointment.memberIds[0],
      permissions: new Set(['portal:use']),
    };
    for (const who of [
      door,
      portal,
      { ...portal, permissions: new Set(['session:host']) },
      { ...door, personId: appointment.clinicianId },
    ])
      expect(await outcome(w.waitingRoom.admit(who, appointment.id, arrival, 'r'))).toBe('not-found');
    expect((await w.dataSource.query('SELECT state FROM core.arrival WHERE id = $1', [arrival]))[0].state).toBe(
      'waiting',
    );
    for (const page of ['admit', 'put-back', 'remove', 'end', 'open']) {
      const { status } = await fetch(`${await url()}/j/${token}/${page}`, { method: 'POST' });
      expect(status).not.toBe(200);
    }
    // Planted fault: the host check taken out.
    jest.spyOn(w.hosting, 'hosted').mockResolvedValue(appointment);
    expect(await outcome(w.waitingRoom.admit(portal, appointment.id, arrival, 'r'))).toBe('let in');
  });

  it('a clinician at the door of a colleague', async () => {
    const { appointment, arrival } = await come();
    const stranger = host(newId());
    const attempts = () => [
      w.waitingRoom.admit(stranger, appointment.id, arrival, 'r'),
      w.waitingRoom.putBack(stranger, appointment.id, arrival, 'r'),
      w.waitingRoom.remove(stranger, appointment.id, arrival, 'r'),
      w.waitingRoom.message(stranger, appointment.id, arrival, 'hello'),
      w.hosting.session(stranger, appointment.id),
      w.hosting.open(stranger, appointment.id),
      w.hosting.end(stranger, appointment.id, 'r'),
      w.tickets.forHost(stranger, appointment.id, 'x', 'r'),
    ];
    expect(new Set(await Promise.all(attempts().map(outcome)))).toEqual(new Set(['not-found']));
    expect(await w.waitingList.waiting(stranger)).toEqual([]);
    // The same for an appointment that does not exist, and for an id that is none.
    for (const id of [newId(), 'x', undefined, { $ne: '' }, `${appointment.id}' or '1'='1`])
      expect(await outcome(w.hosting.session(clinicianOf(appointment), id))).toBe('not-found');
    // Planted fault: appointments hosted by whoever asks.
    jest.spyOn(w.hosting, 'hosted').mockResolvedValue(appointment);
    expect(await outcome(w.waitingRoom.admit(stranger, appointment.id, arrival, 'r'))).toBe('let in');
  });

  it("an arrival of another session in the clinician's own Admit", async () => {
    const mine = await come();
    const theirs = await come();
    expect(await outcome(w.waitingRoom.admit(mine.who, mine.appointment.id, theirs.arrival, 'r'))).toBe('not-found');
    expect((await w.sql.first(encounterOf, [theirs.appointment.id]))?.hosted_at).toBeNull();
    for (const id of ['', 'x', [theirs.arrival], null])
      expect(await outcome(w.waitingRoom.admit(mine.who, mine.appointment.id, id, 'r'))).toBe('not-found');
    expect(await outcome(w.waitingRoom.admit(mine.who, mine.appointment.id, mine.arrival, 'r'))).toBe('let in');
  });

  it('a cancelled appointment, an early one, one in the office', async () => {
    const { appointment, token, secret } = await admitted();
    w.appointments.book({ ...appointment, cancelled: true });
    expect(await ticket(token, secret)).toBe('encounters.cancelled');
    const early = w.appointments.book();
    w.clock.step(-60);
    expect(await outcome(w.arrivals.enter(await w.token(early), newSecret(), answers, request))).toBe(
      'encounters.too-early',
    );
    w.clock.step(60);
    const office = w.appointments.book({ modality: 'office' });
    expect(await outcome(w.arrivals.enter(await w.token(office), newSecret(), answers, request))).toBe(
      'encounters.in-office',
    );
    expect(await outcome(w.arrivals.enter(await w.token(early), newSecret(), answers, request))).toBe('let in');
  });

  let listening: string | undefined;
  const url = async () => {
    if (!listening) {
      await w.app.listen(0, '127.0.0.1');
      listening = await w.app.getUrl();
    }
    return listening;
  };
});
