import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AuditSealer } from '../../../src/platform/audit/audit-sealer.js';
import { Directory } from '../../../src/platform/directory/directory.js';
import { rowsOf, ReviewWorld, type Browser, type Member } from './support.js';

let world: ReviewWorld;
let owner: Member;
let ines: Member;
let client: Member;
let atDesk: Browser;
let number: string;

beforeAll(async () => {
  world = await ReviewWorld.open();
  owner = await world.member('owner', 'Noor Hadley');
  ines = await world.member('clinician', 'Ines Calloway');
  client = await world.member('client', 'Rowan Quillfeather');
  number = world.booted.app.get(Directory).get(client.personId)?.number ?? '';
  const at = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  const chart = { action: 'chart.read', object: `client:${client.personId}`, clientId: client.personId };
  await world.happened([
    ...Array.from({ length: 120 }, (_, n) => ({ at: at(300 - n), who: ines.who, entry: chart })),
    { at: at(1), who: ines.who, entry: { ...chart, outcome: 'refused' as const, reason: 'not-in-care' } },
    {
      at: at(1),
      who: { ...client.who, kind: 'user' as const },
      entry: { action: 'portal.read', clientId: client.personId },
    },
    { at: at(60 * 24 * 40), who: ines.who, entry: { action: 'client.update', clientId: client.personId } },
    {
      at: at(1),
      who: { kind: 'plugin', id: 'ledger', permissions: new Set<string>() },
      entry: { action: 'ledger.export' },
    },
  ]);
  atDesk = await world.browser(owner);
}, 60_000);
afterAll(() => world.close());

const page = async (query: Record<string, string>) => {
  const { status, html } = await atDesk.get(`/admin/audit?${new URLSearchParams(query).toString()}`);
  return { status, html, rows: rowsOf(html) };
};

describe('who did what', () => {
  it('shows names of staff, numbers of clients, and no name of a client', async () => {
    const { status, html, rows } = await page({ when: 'week' });
    expect(status).toBe(200);
    expect(rows).toHaveLength(50);
    expect(html).toContain('Ines Calloway');
    expect(html).toContain(`no. ${number}`);
    expect(html).toContain(`Client ${number}`);
    expect(html).not.toContain('Quillfeather');
  });

  it('pages by number: every row once, newest first', async () => {
    const seen: bigint[] = [];
    let href: string | undefined = `/admin/audit?when=week&who=${ines.accountId}`;
    for (let pages = 0; href && pages < 10; pages++) {
      const { html } = await atDesk.get(href);
      seen.push(...[...html.matchAll(/href="\/admin\/audit\/(\d+)"/g)].map(([, seq]) => BigInt(seq)));
      href = /rel="next" href="([^"]+)"/.exec(html)?.[1].replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
    }
    expect(seen).toHaveLength(121);
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => (a > b ? -1 : 1)));
  });

  it.each([
    [{ when: 'week', what: 'refused' }, 1, /Tried: Opened the chart.*Refused.*not-in-care/],
    [{ when: 'week', who: 'programs' }, 1, /Plugin: ledger Recorded “ledger.export”/],
    [{ when: 'week', who: 'clients' }, 1, /Opened the portal/],
    [
      { when: 'dates', from: '2020-01-01', until: '2099-01-01', who: 'ines', what: 'changed' },
      1,
      /Changed the contact details/,
    ],
  ] as const)('filters %j', async (asked, count, text) => {
    const query = { ...asked } as Record<string, string>;
    if (query.who === 'ines') query.who = ines.accountId;
    const { rows } = await page(query);
    expect(rows.filter((row) => text.test(row))).toHaveLength(count);
  });

  it('finds a client by number, far back', async () => {
    const { rows } = await page({
      when: 'dates',
      from: '2020-01-01',
      until: '2099-01-01',
      client: number,
      what: 'changed',
    });
    expect(rows.some((row) => row.includes('Changed the contact details'))).toBe(true);
  });

  it('keeps what was typed and says what is wrong', async () => {
    const { status, html } = await page({ client: '7', when: 'dates', from: 'x', until: '' });
    expect(status).toBe(422);
    expect(html).toContain('No client has this number');
    expect(html).toContain('value="7"');
  });

  it('never breaks on odd filters', async () => {
    for (const odd of [
      'who[]=a',
      'who[a]=b',
      'before=1;drop',
      'when=dates&from=9999-99-99',
      'what=%00',
      '__proto__=1',
      'client=%F0%9F%98%80',
    ]) {
      const { status } = await atDesk.get(`/admin/audit?${odd}`);
      expect([odd, status < 500]).toEqual([odd, true]);
    }
  });

  it('records that it was read, and for which client', async () => {
    await page({ when: 'week', client: number });
    const [row] = await world.database.query<{ client_id: string; facts: { count: number } }[]>(
      `SELECT client_id, facts FROM core.audit_event WHERE action = 'audit.read' ORDER BY seq DESC LIMIT 1`,
    );
    expect(row.client_id).toBe(client.personId);
    expect(row.facts.count).toBe(50);
  });

  it('shows one entry with its batch, and nothing for a number nobody has', async () => {
    const [{ seq }] = await world.database.query<{ seq: string }[]>(
      `SELECT seq::text AS seq FROM core.audit_event WHERE outcome = 'refused' AND reason = 'not-in-care'`,
    );
    const sealer = world.booted.app.get(AuditSealer);
    expect(sealer).toBeDefined();
    let html = '';
    for (let tries = 0; tries < 50 && !html.includes('batch '); tries++) {
      html = (await atDesk.get(`/admin/audit/${seq}`)).html;
      if (!html.includes('batch ')) await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(html).toMatch(/batch \d+/);
    expect(html).toContain('not-in-care');
    for (const unknown of ['999999999', '-1', 'x', '0', '1e3', '9'.repeat(30)])
      expect([unknown, (await atDesk.get(`/admin/audit/${unknown}`)).status]).toEqual([unknown, 404]);
  });
});

describe('who opened the records', () => {
  it('tells a client who, as what, when and what, and nothing of why', async () => {
    const own = await world.browser(client);
    const { status, html } = await own.get('/portal/access-history');
    expect(status).toBe(200);
    const rows = rowsOf(html);
    expect(rows).toHaveLength(50);
    expect(rows[0]).toMatch(/^Ines Calloway Clinician .* Opened your chart$/);
    expect(html).not.toContain('not-in-care');
    const next = /rel="next" href="([^"]+)"/.exec(html)?.[1].replaceAll('&#x3D;', '=') ?? '';
    expect(rowsOf((await own.get(next)).html)).toHaveLength(50);
    expect((await own.get('/portal')).html).toContain('/portal/access-history');
  });

  it('tells it to no guardian and to no other client', async () => {
    const guardian = await world.browser(await world.member('guardian', 'Gale Quillfeather'));
    expect((await guardian.get('/portal/access-history')).status).toBe(404);
    const other = await world.browser(await world.member('client', 'Wes Other'));
    expect(rowsOf((await other.get('/portal/access-history')).html)).toEqual([]);
  });

  it('tells it to staff only with the right to open the chart', async () => {
    const clinician = await world.browser(ines);
    expect((await clinician.get(`/clients/${client.personId}/history`)).status).toBe(404);
    await world.database.query(
      `INSERT INTO core.assignment (id, client_id, clinician_id, kind, from_at) VALUES (gen_random_uuid(), $1, $2, 'assigned', now() - interval '1 day')`,
      [client.personId, ines.personId],
    );
    const { status, html } = await clinician.get(`/clients/${client.personId}/history`);
    expect(status).toBe(200);
    expect(rowsOf(html)[0]).toContain('Looked at who opened the chart');
    expect((await clinician.get(`/clients/${client.personId}`)).html).toContain(`/clients/${client.personId}/history`);
    expect((await atDesk.get(`/clients/${client.personId}/history`)).status).toBe(404);
  });
});
