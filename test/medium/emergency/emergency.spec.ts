import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { CareAccess, People } from '../../../src/features/people/public.js';
import { EmergencyKeeper } from '../../../src/features/people/emergency/emergency-keeper.js';
import type { Principal, Role } from '../../../src/platform/access/principal.js';
import { permissionsOf } from '../../../src/features/access/public.js';
import { newId } from '../../../src/platform/ids.js';
import { Notices } from '../../../src/platform/ports/notices.js';
import { Work } from '../../../src/platform/work/work.js';
import { House, system, ZONE, type Answer, type Somebody } from '../people/support/house.js';

const MINUTE = 60_000;
const WORDS = 'The sister called at 9:45 and does not reach her brother.';

let house: House;
let owner: Somebody;
let ines: Somebody;
let bea: Somebody;
let desk: Somebody;
/** A client of Bea's, with the number people write. */
let rowan: { id: string; number: string };
let amara: { id: string; number: string };
let back: () => void = () => undefined;

beforeAll(async () => {
  house = await House.open();
  owner = await house.signedIn('owner', 'Noor Hadley');
  ines = await house.signedIn('clinician', 'Ines Calloway');
  bea = await house.signedIn('clinician', 'Bea Osei');
  desk = await house.signedIn('scheduler', 'Dara Quinn');
  rowan = await client('Rowan Ashby');
  amara = await client('Amara Delacroix');
});
afterAll(() => house.close());
beforeEach(async () => {
  back();
  back = () => undefined;
  await house.rows('DELETE FROM core.emergency_access');
  await house.rows('DELETE FROM core.notice');
});

async function client(legalName: string): Promise<{ id: string; number: string }> {
  const id = await house.get(People).createClient(system, { legalName, timeZone: ZONE, clinicianId: bea.personId });
  const [row] = await house.rows<{ number: string }>('SELECT number::text AS number FROM core.client WHERE id = $1', [
    id,
  ]);
  return { id, number: row?.number ?? '' };
}

const open = (who: Somebody, number: string, change: Record<string, string> = {}): Promise<Answer> =>
  who.post('/clients/emergency', { number, why: 'danger', words: WORDS, minutes: '30', ...change });
const status = async (who: Somebody, id: string): Promise<number> => (await who.get(`/clients/${id}`)).status;
const as = (who: Somebody, role: Role = 'clinician'): Principal => ({
  kind: 'user',
  id: who.accountId,
  role,
  personId: who.personId,
  permissions: permissionsOf(role, true),
});
const basis = async (who: Principal, id = rowan.id) => (await house.get(CareAccess).basis(who, id))?.basis;
const audit = (action: string) =>
  house.rows<{ actor_id: string; client_id: string | null; outcome: string; reason: string; facts: object }>(
    'SELECT actor_id, client_id, outcome, reason, facts FROM core.audit_event WHERE action = $1 ORDER BY seq',
    [action],
  );
const told = (kind: string) =>
  house.rows<{ account_id: string }>('SELECT account_id FROM core.notice WHERE kind = $1', [kind]);
/** Pages differ in the secrets of the request alone. */
const bare = (text: string): string =>
  text
    .replace(/ datetime="[^"]*"/g, '')
    .replace(/(nonce|content|value|data-[a-z-]+)="[^"]{20,}"/g, '$1=""')
    .replace(/[0-9a-f]{32}|[\w-]{22,}/g, '');

describe('opening a chart in an emergency', () => {
  it('opens exactly one chart for exactly one account, and says so on it', async () => {
    expect(await status(ines, rowan.id)).toBe(404);
    expect((await open(ines, rowan.number)).location).toBe(`/clients/${rowan.id}`);
    const chart = await ines.get(`/clients/${rowan.id}`);
    expect(chart.status).toBe(200);
    expect(chart.text).toContain('This chart is open to you in an emergency until');
    expect([await status(ines, amara.id), await status(owner, rowan.id), await status(desk, rowan.id)]).toEqual([
      404, 404, 404,
    ]);
    // The same person with another account is somebody else.
    expect(await basis({ ...as(ines), id: newId() })).toBeUndefined();
    expect(await basis({ ...as(ines), kind: 'service' })).toBeUndefined();
    expect((await bea.get(`/clients/${rowan.id}`)).text).not.toContain('in an emergency until');
  });

  it('is for reading: nothing is booked or changed by it', async () => {
    await open(ines, rowan.number);
    const care = house.get(CareAccess);
    expect([await care.mayEdit(as(ines), rowan.id), await care.mayBook(as(ines), rowan.id)]).toEqual([false, false]);
    expect((await ines.get(`/clients/${rowan.id}/details`)).text).not.toContain('name="legalName"');
    const chart = (await ines.get(`/clients/${rowan.id}`)).text;
    expect(chart).not.toContain('/appointments/new');
    expect((await ines.get('/clients?status=all')).text).not.toContain('Rowan');
  });

  it('ends by the clock at its instant, in every process, and not a moment later than an hour', async () => {
    await open(ines, rowan.number, { minutes: '60' });
    const [row] = await house.rows<{ left: number }>(
      'SELECT extract(epoch FROM until_at - opened_at)::int AS left FROM core.emergency_access',
    );
    expect(row?.left).toBe(3600);
    back = house.pass(59 * MINUTE);
    expect(await basis(as(ines))).toBe('emergency');
    back();
    back = house.pass(60 * MINUTE);
    expect(await basis(as(ines))).toBeUndefined();
    await expect(
      house.rows(`UPDATE core.emergency_access SET until_at = until_at + interval '1 second'`),
    ).rejects.toThrow(/emergency_access_short/);
  });

  it('is seen and closed by another process', async () => {
    const beside = await House.open({ beside: house.booted });
    try {
      const there = await house.elsewhere(ines, beside);
      await open(ines, rowan.number);
      expect(await status(there, rowan.id)).toBe(200);
      expect((await there.post(`/clients/${rowan.id}/emergency/close`)).location).toBe('/clients');
      expect(await status(ines, rowan.id)).toBe(404);
    } finally {
      await beside.close();
    }
  });

  it('closes sooner, once, and opens again only with a new reason', async () => {
    await open(ines, rowan.number);
    expect((await ines.post(`/clients/${rowan.id}/emergency/close`)).status).toBe(303);
    expect(await status(ines, rowan.id)).toBe(404);
    for (const [who, id] of [
      [ines, rowan.id],
      [ines, newId()],
      [owner, rowan.id],
    ] as const)
      expect((await who.post(`/clients/${id}/emergency/close`)).status).toBe(404);
    expect((await open(ines, rowan.number, { words: '' })).status).toBe(422);
    expect((await open(ines, rowan.number)).status).toBe(303);
    expect(await house.rows('SELECT 1 FROM core.emergency_access')).toHaveLength(2);
  });

  it('is not made longer by asking again', async () => {
    await open(ines, rowan.number, { minutes: '15' });
    expect((await open(ines, rowan.number, { minutes: '60' })).location).toBe(`/clients/${rowan.id}`);
    expect(await house.rows('SELECT 1 FROM core.emergency_access')).toHaveLength(1);
    back = house.pass(15 * MINUTE);
    expect(await basis(as(ines))).toBeUndefined();
  });

  it('ends with the account and with the permission', async () => {
    const other = await house.signedIn('clinician', 'Sam Reyes');
    await open(other, rowan.number);
    const without = new Set([...permissionsOf('clinician', true)].filter((key) => key !== 'emergency:open'));
    expect(await basis({ ...as(other), permissions: without })).toBeUndefined();
    await house.rows(`UPDATE core.account SET state = 'suspended' WHERE id = $1`, [other.accountId]);
    expect((await other.get(`/clients/${rowan.id}`)).location).toContain('/sign-in');
  });

  it('holds at most three charts of one person, however many ask at once', async () => {
    const numbers = [rowan.number, amara.number];
    for (const name of ['One', 'Two', 'Three']) numbers.push((await client(name)).number);
    const answers = await Promise.all(numbers.map((number) => open(ines, number)));
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 303, 303, 422, 422]);
    expect(await house.rows('SELECT 1 FROM core.emergency_access')).toHaveLength(3);
    expect((await open(ines, '99999999')).text).toContain('Three charts are open to you in this way');
  });
});

describe('who learns what from it', () => {
  it('a number nobody has is answered like one that may not be opened, byte for byte', async () => {
    const [own] = await house.rows<{ id: string }>(
      `INSERT INTO core.client (id, status) VALUES ($1, 'active') ON CONFLICT (id) DO UPDATE SET status = 'active' RETURNING number::text AS id`,
      [ines.personId],
    );
    const refused = await open(ines, own?.id ?? '');
    const unknown = await open(ines, '99999999');
    expect([refused.status, unknown.status]).toEqual([422, 422]);
    const same = (text: string): string =>
      bare(text)
        .replaceAll(own?.id ?? '', 'N')
        .replaceAll('99999999', 'N');
    expect(same(refused.text)).toBe(same(unknown.text));
    expect(same(refused.text)).not.toBe(same((await ines.get('/clients/emergency')).text));
    expect((await audit('emergency.open')).filter(({ outcome }) => outcome === 'refused').length).toBeGreaterThan(1);
  });

  it('the page asks nothing about the number', async () => {
    const known = (await ines.get(`/clients/emergency?number=${rowan.number}`)).text;
    const unknown = (await ines.get('/clients/emergency?number=99999')).text;
    expect(bare(known).replaceAll(rowan.number, 'N')).toBe(bare(unknown).replaceAll('99999', 'N'));
    expect(known).not.toContain('Rowan');
  });

  it('a chart stays one 404 for all who may not open it', async () => {
    const bodies = new Set<string>();
    for (const id of [rowan.id, newId(), 'no-such-client'])
      bodies.add(bare((await ines.get(`/clients/${id}`)).text).replaceAll(id, ''));
    expect(bodies.size).toBe(1);
  });

  it('those without the permission find no way in', async () => {
    expect((await desk.get('/clients')).text).not.toContain('/clients/emergency');
    for (const who of [desk, await house.signedIn('biller'), await house.signedIn('it-admin')]) {
      expect((await who.get('/clients/emergency')).status).toBe(404);
      expect((await open(who, rowan.number)).status).toBe(404);
    }
    expect((await owner.get('/clients')).text).toContain(`/clients/emergency?number&#x3D;${rowan.number}`);
    expect((await ines.get('/clients')).text).toContain('href="/clients/emergency"');
  });

  it('a reason is more than a word, and a code and a length are of the list', async () => {
    const changes: Record<string, string>[] = [
      { words: 'urgent' },
      { why: 'curious' },
      { minutes: '600' },
      { minutes: '' },
      { why: '' },
    ];
    for (const change of changes) {
      const { status: answered, text } = await open(ines, rowan.number, change);
      expect(answered).toBe(422);
      expect(text).toContain(rowan.number);
    }
    expect(await house.rows('SELECT 1 FROM core.emergency_access')).toHaveLength(0);
  });
});

describe('the trace it leaves', () => {
  it('is in the audit with its basis, its event and its notices, and the words are sealed', async () => {
    const before = (await audit('emergency.open')).length;
    await open(ines, rowan.number);
    await ines.get(`/clients/${rowan.id}`);
    const opened = (await audit('emergency.open')).slice(before);
    expect(opened).toMatchObject([
      { actor_id: ines.accountId, client_id: rowan.id, outcome: 'ok', reason: 'danger', facts: { minutes: 30 } },
    ]);
    expect((await audit('chart.read')).at(-1)).toMatchObject({ client_id: rowan.id, facts: { basis: 'emergency' } });
    await bea.get(`/clients/${rowan.id}`);
    expect((await audit('chart.read')).at(-1)).toMatchObject({ facts: { basis: 'assigned' } });
    expect(await told('emergency.open')).toEqual([{ account_id: owner.accountId }]);
    expect(await told('emergency.open-yours')).toEqual([{ account_id: bea.accountId }]);
    const rows = JSON.stringify([
      await house.rows('SELECT encode(reason_enc, $1) AS sealed, why FROM core.emergency_access', ['escape']),
      await house.rows('SELECT * FROM core.audit_event'),
      await house.rows('SELECT * FROM core.notice'),
    ]);
    expect(rows).not.toContain('sister called');
  });

  it('tells an owner who opens one, too', async () => {
    expect((await open(owner, rowan.number)).status).toBe(303);
    expect(await status(owner, rowan.id)).toBe(200);
    expect(await told('emergency.open')).toEqual([{ account_id: owner.accountId }]);
  });

  it('and the chart are one transaction: without the notice nothing opens', async () => {
    const notices = house.get(Notices);
    const tell = notices.tell.bind(notices);
    const before = (await audit('emergency.open')).length;
    notices.tell = async (tx, to, notice) => {
      await tell(tx, to, notice);
      if (notice.kind === 'emergency.open-yours') throw new Error('planted');
    };
    expect((await open(ines, rowan.number)).status).toBe(500);
    notices.tell = tell;
    expect(await status(ines, rowan.id)).toBe(404);
    expect(await house.rows('SELECT 1 FROM core.emergency_access')).toHaveLength(0);
    expect([await told('emergency.open'), (await audit('emergency.open')).length]).toEqual([[], before]);
  });

  it('has an end: by hand with the minutes used, by time once, whichever process notes it', async () => {
    await open(ines, rowan.number);
    await ines.post(`/clients/${rowan.id}/emergency/close`);
    expect((await audit('emergency.close')).at(-1)).toMatchObject({ reason: 'closed', actor_id: ines.accountId });
    await open(ines, amara.number, { minutes: '15' });
    const before = (await audit('emergency.close')).length;
    const keeper = house.get(EmergencyKeeper);
    await keeper.tick();
    expect((await audit('emergency.close')).length).toBe(before);
    back = house.pass(16 * MINUTE);
    await Promise.all([keeper.tick(), keeper.tick(), keeper.tick()]);
    const ends = (await audit('emergency.close')).slice(before);
    expect(ends).toMatchObject([{ reason: 'time', client_id: amara.id, facts: { minutes: 15 } }]);
  });

  it('does not stand in the way of the next one when nobody noted the end', async () => {
    await open(ines, rowan.number, { minutes: '15' });
    await house.rows(
      `UPDATE core.emergency_access SET opened_at = opened_at - interval '1 hour', until_at = until_at - interval '1 hour'`,
    );
    expect((await open(ines, rowan.number)).status).toBe(303);
    expect(await status(ines, rowan.id)).toBe(200);
  });
});

describe('proving who one is', () => {
  it('comes before the page and before the act', async () => {
    await house.rows(`UPDATE core.session SET proved_at = proved_at - interval '6 minutes' WHERE account_id = $1`, [
      ines.accountId,
    ]);
    expect((await ines.get('/clients/emergency')).location).toContain('/account/again?next=');
    const sent = await open(ines, rowan.number);
    expect(sent.status).not.toBe(303);
    expect(await house.rows('SELECT 1 FROM core.emergency_access')).toHaveLength(0);
    await house.rows('UPDATE core.session SET proved_at = now()');
    expect((await open(ines, rowan.number)).status).toBe(303);
  });
});

describe('the owners’ page', () => {
  it('lists who opened which number and why, and keeps the words behind one more step', async () => {
    await open(ines, rowan.number);
    const list = (await owner.get('/admin/emergency')).text;
    for (const part of [
      'Ines Calloway',
      `No. ${rowan.number}`,
      'Someone may be in danger',
      'Open now',
      'Not looked at yet',
    ])
      expect(list).toContain(part);
    expect(list).not.toContain('sister');
    expect(list).not.toContain('Rowan');
    const id = /\/admin\/emergency\/([0-9a-f-]{36})/.exec(list)?.[1] ?? '';
    const before = (await audit('emergency.read')).length;
    expect((await owner.get(`/admin/emergency/${id}`)).text).toContain('The sister called');
    expect((await audit('emergency.read')).length).toBe(before + 1);
    expect((await owner.post(`/admin/emergency/${id}/looked`)).location).toBe('/admin/emergency');
    expect((await owner.get('/admin/emergency')).text).toContain('Looked at');
    expect((await audit('emergency.review')).at(-1)).toMatchObject({ client_id: rowan.id, facts: { own: false } });
  });

  it('is for those who review the audit', async () => {
    await open(ines, rowan.number);
    const [{ id }] = (await house.rows<{ id: string }>('SELECT id FROM core.emergency_access')) as [{ id: string }];
    for (const who of [ines, bea, desk]) {
      expect((await who.get('/admin/emergency')).status).toBe(404);
      expect((await who.get(`/admin/emergency/${id}`)).status).toBe(404);
      expect((await who.post(`/admin/emergency/${id}/looked`)).status).toBe(404);
    }
    for (const one of [newId(), 'x']) expect((await owner.get(`/admin/emergency/${one}`)).status).toBe(404);
  });
});

describe('the check itself', () => {
  it('is one statement, and a planted row for another account opens nothing', async () => {
    await house.get(Work).run(system, async (tx) => {
      tx.audit({ action: 'test.plant' });
      await tx.manager.query(
        `INSERT INTO core.emergency_access (id, account_id, person_id, client_id, why, reason_enc, opened_at, until_at)
         VALUES ($1, $2, $3, $4, 'other', '', now(), now() + interval '10 minutes')`,
        [newId(), newId(), ines.personId, rowan.id],
      );
    });
    expect(await basis(as(ines))).toBeUndefined();
    await house.rows('UPDATE core.emergency_access SET account_id = $1', [ines.accountId]);
    expect(await basis(as(ines))).toBe('emergency');
  });
});
