import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { People } from '../../../src/features/people/public.js';
import { RouteTable } from '../../../src/platform/http/route-table.js';
import { newId } from '../../../src/platform/ids.js';
import { House, system, ZONE, type Somebody } from './support/house.js';

/** A value of its own in each field of one client: whoever's page holds it has seen that field. */
const CANARIES = {
  chosenName: 'Zoqchosen',
  legalName: 'Zoqlegal',
  pronouns: 'zoqpron',
  birthDate: '1931-07-19',
  email: 'zoqmail@canary.example',
  phone: '555-9173',
  clinician: 'Zoqclinician',
} as const;
type Canary = keyof typeof CANARIES;
const IDENTITY: readonly Canary[] = ['chosenName', 'legalName', 'pronouns'];
const ALL = Object.keys(CANARIES) as Canary[];

/** What each may see at most, on any page; and what they must see somewhere, or the test looks at nothing. */
const ALLOWED: Readonly<Record<string, { most: readonly Canary[]; least: readonly Canary[] }>> = {
  owner: { most: ALL, least: ALL },
  assigned: { most: ALL, least: ALL },
  // A colleague without this client knows their colleague by name, in lists of staff.
  clinician: { most: [], least: [] },
  supervisor: { most: [], least: [] },
  scheduler: {
    most: [...IDENTITY, 'email', 'phone', 'clinician'],
    least: ['legalName', 'email', 'phone', 'clinician'],
  },
  biller: { most: [...IDENTITY, 'birthDate'], least: ['chosenName', 'pronouns'] },
  'it-admin': { most: [], least: [] },
  client: { most: [], least: [] },
  guardian: { most: [], least: [] },
};

let house: House;
let clientId: string;
const people = new Map<string, Somebody>();

beforeAll(async () => {
  house = await House.open();
  const assigned = await house.signedIn('clinician', `${CANARIES.clinician} Vale`);
  people.set('assigned', assigned);
  for (const role of [
    'owner',
    'clinician',
    'supervisor',
    'scheduler',
    'biller',
    'it-admin',
    'client',
    'guardian',
  ] as const)
    people.set(role, await house.signedIn(role));
  clientId = await house.get(People).createClient(system, {
    legalName: `${CANARIES.legalName} Ashby`,
    chosenName: `${CANARIES.chosenName} Ashby`,
    pronouns: CANARIES.pronouns,
    birthDate: CANARIES.birthDate,
    email: CANARIES.email,
    phone: `(503) ${CANARIES.phone}`,
    timeZone: ZONE,
    clinicianId: assigned.personId,
  });
  // A guardian in the records, whose rights nobody has entered yet.
  await house.rows(
    `INSERT INTO core.relationship (id, client_id, person_id, kind, rights, from_on) VALUES ($1, $2, $3, 'guardian', '{}', '2020-01-01')`,
    [newId(), clientId, somebody('guardian').personId],
  );
});
afterAll(() => house.close());

function somebody(name: string): Somebody {
  const found = people.get(name);
  if (!found) throw new Error(`nobody is called ${name}`);
  return found;
}

async function appointment(): Promise<string> {
  const id = newId();
  const [member] = await house.rows<{ case_id: string }>('SELECT case_id FROM core.case_member WHERE client_id = $1', [
    clientId,
  ]);
  await house.rows(
    `INSERT INTO core.appointment (id, case_id, clinician_id, service, modality, status, starts_at, ends_at, time_zone, wall_start,
                                   local_day, version, created_by)
     SELECT $1, $2, $3, 'individual', 'video', 'booked', at, at + interval '50 minutes', $4, at AT TIME ZONE $4,
            (at AT TIME ZONE $4)::date, 1, 'test' FROM (SELECT date_trunc('hour', now()) + interval '1 hour' AS at) AS t`,
    [id, member?.case_id, somebody('assigned').personId, ZONE],
  );
  await house.rows('INSERT INTO core.appointment_member (appointment_id, client_id) VALUES ($1, $2)', [id, clientId]);
  return id;
}

/** Every page of the core there is to open with the id of the client or of an appointment, and the searches that find them. */
function pages(ids: readonly string[]): string[] {
  const routes = house.get(RouteTable).routes();
  const plain = routes
    .filter(({ method, path }) => method === 'GET' && !/live$|^\/(s|assets|p)\//.test(path))
    .flatMap(({ path }) => (path.includes(':') ? ids.map((id) => path.replace(/:[a-zA-Z]+/g, id)) : [path]));
  return [
    ...new Set(plain),
    `/clients?q=${CANARIES.chosenName}&status=all`,
    `/clients?q=${encodeURIComponent(CANARIES.email)}&status=all`,
    `/appointments/new?client=${clientId}`,
  ];
}

async function seenBy(who: Somebody, paths: readonly string[]): Promise<Map<Canary, string>> {
  const seen = new Map<Canary, string>();
  for (const path of paths) {
    // What somebody asked for is theirs already; only the answer counts.
    const asked = decodeURIComponent(path);
    const { text } = await who.get(path);
    for (const name of ALL)
      if (text.includes(CANARIES[name]) && !asked.includes(CANARIES[name])) seen.set(name, `${name} on ${path}`);
  }
  return seen;
}

describe('what each role sees of a client', () => {
  let paths: string[];
  beforeAll(async () => {
    paths = pages([clientId, await appointment()]);
    expect(paths.length).toBeGreaterThan(25);
  });

  it.each(Object.entries(ALLOWED))('%s', async (name, { most, least }) => {
    const seen = await seenBy(somebody(name), paths);
    const tooMuch = [...seen].filter(([canary]) => !most.includes(canary)).map(([, where]) => where);
    expect(tooMuch).toEqual([]);
    expect(least.filter((canary) => !seen.has(canary))).toEqual([]);
  });

  it('is noticed when a role sees more', async () => {
    await house.rows(
      `INSERT INTO core.role_set (role, permissions, changed_by, changed_at)
       VALUES ('scheduler', '{clients:read,clients:write,client-birth:read}', $1, now())`,
      [somebody('owner').accountId],
    );
    const seen = await seenBy(somebody('scheduler'), [`/clients/${clientId}/details`]);
    await house.rows('DELETE FROM core.role_set');
    expect([seen.has('birthDate'), seen.has('email')]).toEqual([true, false]);
  });
});

describe('writing', () => {
  const stored = async () => {
    const summary = await house
      .get(People)
      .clientSummary({ kind: 'system', id: 'test', permissions: new Set(['*']) }, clientId);
    return { birthDate: summary.birthDate, email: summary.email, phone: summary.phone };
  };
  const form = (change: Record<string, string>) => ({
    legalName: `${CANARIES.legalName} Ashby`,
    timeZone: ZONE,
    status: 'active',
    ...change,
  });

  it('neither shows nor changes what the writer may not see, whatever the form brings', async () => {
    const before = await stored();
    const desk = somebody('scheduler');
    const shown = await desk.get(`/clients/${clientId}/details`);
    expect([shown.text.includes('name="email"'), shown.text.includes('name="birthDate"')]).toEqual([true, false]);
    const sent = form({ email: 'new@canary.example', birthDate: '2001-01-01' });
    expect((await desk.post(`/clients/${clientId}/details`, sent)).status).toBe(303);
    // The phone was seen and left empty: that is an answer.
    expect(await stored()).toEqual({ birthDate: before.birthDate, email: 'new@canary.example', phone: null });
    await somebody('assigned').post(`/clients/${clientId}/details`, form({ birthDate: '1932-01-01' }));
    expect(await stored()).toEqual({ birthDate: '1932-01-01', email: null, phone: null });
  });

  it('of a new client leaves out the same fields', async () => {
    const sent = form({ email: 'fresh@canary.example', birthDate: '2001-01-01' });
    const { location } = await somebody('scheduler').post('/clients', sent);
    const id = /\/clients\/([0-9a-f-]{36})/.exec(location ?? '')?.[1];
    const rows = await house.rows(
      'SELECT birth_enc IS NULL AS none, email_enc IS NULL AS nowhere FROM core.person WHERE id = $1',
      [id],
    );
    expect(rows).toEqual([{ none: true, nowhere: false }]);
  });
});

describe('searching', () => {
  const finds = async (name: string, query: string): Promise<boolean> =>
    (await somebody(name).get(`/clients?status=all&q=${encodeURIComponent(query)}`)).text.includes(clientId);

  it('by address or phone finds the client for those who see contact data, in their own list', async () => {
    await house.get(People).updateClient(system, clientId, {
      legalName: `${CANARIES.legalName} Ashby`,
      email: CANARIES.email,
      phone: `(503) ${CANARIES.phone}`,
      timeZone: ZONE,
      status: 'active',
    });
    for (const query of [CANARIES.email, CANARIES.email.toUpperCase(), '503-555-9173', '5035559173'])
      expect([
        query,
        await finds('scheduler', query),
        await finds('assigned', query),
        await finds('owner', query),
      ]).toEqual([query, true, true, true]);
    for (const query of ['zoqmail@canary.exampl', '5559173', '503555917'])
      expect([query, await finds('scheduler', query)]).toEqual([query, false]);
    // A biller sees the row in the list, and must not learn whose address it is.
    expect((await somebody('biller').get(`/clients?status=all&q=${CANARIES.email}`)).text).toContain('Nobody found');
    expect(await finds('clinician', CANARIES.email)).toBe(false);
  });
});

describe('a role that owners changed', () => {
  it('lists nobody without the permission, and keeps its other rights', async () => {
    await house.rows(
      `INSERT INTO core.role_set (role, permissions, changed_by, changed_at)
       VALUES ('scheduler', '{day:read,calendar:read,calendar:write,clients:write}', $1, now())`,
      [somebody('owner').accountId],
    );
    const desk = somebody('scheduler');
    const list = await desk.get('/clients');
    const details = await desk.get(`/clients/${clientId}/details`);
    const book = await desk.get('/appointments/new');
    await house.rows('DELETE FROM core.role_set');
    expect([list.status, details.status, book.status]).toEqual([404, 404, 200]);
    expect(book.text).not.toContain(CANARIES.legalName);
    expect((await desk.get('/clients')).status).toBe(200);
  });
});
