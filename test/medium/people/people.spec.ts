import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import request from 'supertest';
import { CareAccess, Cases, Clinicians } from '../../../src/features/people/public.js';
import { systemPrincipal, type Principal } from '../../../src/platform/access/principal.js';
import { newId } from '../../../src/platform/ids.js';
import { Work } from '../../../src/platform/work/work.js';
import { principal, smallPractice, world, type World } from '../scheduling/support/world.js';

let here: World;
let small: Awaited<ReturnType<typeof smallPractice>>;
let care: CareAccess;
const system = systemPrincipal('test');

beforeAll(async () => {
  here = await world();
  small = await smallPractice(here);
  care = here.get(CareAccess);
});
afterAll(() => here.close());
beforeEach(() => {
  here.signedIn.who = small.inesSignedIn;
});

const get = (path: string) => request(here.server).get(path);
const post = (path: string, fields: Record<string, string>) =>
  request(here.server).post(path).type('form').send(fields);
const assign = (assignment: Parameters<typeof here.people.assignInside>[1]) =>
  here.get(Work).run(system, async (tx) => {
    tx.audit({ action: 'test.assign' });
    await here.people.assignInside(tx, assignment);
  });
const form = (change: Record<string, string> = {}) => ({
  legalName: 'Wes Lindqvist',
  timeZone: 'America/Boise',
  ...change,
});

describe('who may open a chart', () => {
  it('those who work with the client, by date, and no role by itself', async () => {
    const supervisor = principal('supervisor', small.bea);
    const ownerWhoSeesClients = principal('owner', small.ines, true);
    expect(await care.mayOpen(small.inesSignedIn, small.rowan)).toBe(true);
    expect(await care.mayOpen(ownerWhoSeesClients, small.rowan)).toBe(true);
    const refused: Principal[] = [
      small.beaSignedIn,
      supervisor,
      small.desk,
      principal('owner'),
      principal('biller'),
      principal('it-admin'),
      principal('client', small.rowan),
      principal('guardian'),
      // The right person in a role without the permission.
      principal('scheduler', small.ines),
      { ...small.inesSignedIn, permissions: new Set(['clients:read']) },
    ];
    for (const who of refused) expect(await care.mayOpen(who, small.rowan)).toBe(false);
  });

  it('covering begins and ends at its instants', async () => {
    const client = await here.people.createClient(system, form({ clinicianId: small.ines }));
    const present = here.clock.at;
    const at = (hours: number) => new Date(present.getTime() + hours * 3_600_000);
    await assign({ clientId: client, clinicianId: small.bea, kind: 'covering', from: at(1), until: at(3) });
    const open: boolean[] = [];
    for (const hours of [0, 1, 2.99, 3, 4]) {
      here.clock.at = at(hours);
      open.push(await care.mayOpen(small.beaSignedIn, client));
    }
    here.clock.at = present;
    expect(open).toEqual([false, true, true, false, false]);
  });

  it('an assignment that is there already is not made twice, not even at once', async () => {
    const again = { clientId: small.rowan, clinicianId: small.ines, kind: 'assigned', from: here.clock.at } as const;
    await Promise.all([assign(again), assign(again), assign(again)]);
    const [{ n }] = await here.dataSource.query(
      'SELECT count(*)::int AS n FROM core.assignment WHERE client_id = $1 AND clinician_id = $2',
      [small.rowan, small.ines],
    );
    expect(n).toBe(1);
  });

  it('unknown, forbidden and malformed ids are one answer, and none leaves a chart.read behind', async () => {
    const before = (await here.audit('chart.read')).length;
    const bodies = new Set<string>();
    for (const id of [small.amara, small.bea, newId(), 'x', "' OR 1=1 --", '%00'])
      bodies.add((await get(`/clients/${encodeURIComponent(id)}`).expect(404)).text);
    expect(bodies.size).toBe(1);
    expect((await here.audit('chart.read')).length).toBe(before);
  });

  it('an opened chart is in the audit with the client, before it is shown', async () => {
    const before = (await here.audit('chart.read')).length;
    const { text } = await get(`/clients/${small.rowan}`).expect(200);
    for (const part of [
      'Rowan Ashby',
      'they/them',
      'age 29',
      'legal name Rowena Ashby',
      'no. 2000',
      'Mountain time',
      'Nothing is booked.',
    ])
      expect(text).toContain(part);
    const rows = await here.audit('chart.read');
    expect(rows.length).toBe(before + 1);
    expect(rows.at(-1)).toMatchObject({ object: `client:${small.rowan}`, client_id: small.rowan });
  });
});

describe('the list', () => {
  it('holds whom the reader works with; the front desk sees everybody but opens no chart', async () => {
    const mine = await get('/clients').expect(200);
    expect(mine.text).toContain('Rowan Ashby');
    expect(mine.text).not.toContain('Amara');
    here.signedIn.who = small.desk;
    const all = await get('/clients').expect(200);
    expect(all.text).toContain('Amara Delacroix');
    expect(all.text).toContain(`/clients/${small.rowan}/details`);
    expect(all.text).not.toContain(`href="/clients/${small.rowan}"`);
    here.signedIn.who = principal('biller');
    const names = await get('/clients').expect(200);
    expect(names.text).toContain('Amara Delacroix');
    expect(names.text).not.toContain(`/clients/${small.rowan}`);
  });

  it('is empty for those without a list, whatever they ask', async () => {
    for (const role of ['it-admin', 'client', 'guardian'] as const)
      expect(await care.clientsOf(principal(role, small.ines))).toEqual(new Set());
  });

  it('is searched by name parts and by number, and says when nobody is there', async () => {
    here.signedIn.who = small.desk;
    for (const query of ['rowan', 'ASH', '2000'])
      expect((await get(`/clients?q=${query}`).expect(200)).text).toContain('Rowan Ashby');
    // The legal name is not what people are called: it is on papers, not in the search.
    expect((await get('/clients?q=lindkvist').expect(200)).text).toContain('Nobody found for “lindkvist”');
  });

  it('goes on by key over pages, each person once', async () => {
    here.signedIn.who = small.desk;
    for (let index = 0; index < 60; index++)
      await here.people.createClient(system, {
        legalName: `Page Person${String(index).padStart(2, '0')}`,
        timeZone: 'UTC',
        clinicianId: small.bea,
      });
    const seen: string[] = [];
    let path: string | undefined = '/clients?q=page';
    for (let pages = 0; path && pages < 10; pages++) {
      const { text }: { text: string } = await get(path).expect(200);
      seen.push(...[...text.matchAll(/>(Page Person\d\d)</g)].map(([, name]) => name));
      path = /rel="next" href="([^"]+)"/.exec(text)?.[1].replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
    }
    expect(seen.length).toBe(60);
    expect(new Set(seen).size).toBe(60);
    expect(seen).toEqual([...seen].sort());
  });

  it('takes nonsense parameters for none', async () => {
    for (const query of [
      'status[]=x',
      'status=nobody',
      'after=x',
      `after=${newId()}`,
      'q[a]=1',
      "q=';--",
      `q=${'x'.repeat(3_000)}`,
    ])
      await get(`/clients?${query}`).expect(200);
  });
});

describe('a new client', () => {
  it('of a clinician is theirs at once', async () => {
    const answer = await post(
      '/clients',
      form({ legalName: 'Kit Moreno', email: 'Kit@Example.org', phone: '503 555 0119' }),
    ).expect(303);
    const { text } = await get(answer.headers.location).expect(200);
    expect(text).toContain('Kit Moreno');
    const id = answer.headers.location.split('/').at(-1) as string;
    expect(await here.get(Cases).individualOf(id)).toBeDefined();
  });

  it('of the front desk waits, or goes to the clinician who was named', async () => {
    here.signedIn.who = small.desk;
    const waiting = await post('/clients', form({ legalName: 'Waiting Person' })).expect(303);
    expect(waiting.headers.location).toMatch(/\/details$/);
    expect((await get('/clients?status=waiting').expect(200)).text).toContain('Waiting Person');
    const named = await post('/clients', form({ legalName: 'Named Person', clinicianId: small.bea })).expect(303);
    const id = named.headers.location.split('/')[2];
    expect(await care.mayOpen(small.beaSignedIn, id)).toBe(true);
    await post('/clients', form({ clinicianId: small.rowan })).expect(422);
  });

  it('a clinician cannot hand a client to somebody else by hand', async () => {
    const answer = await post('/clients', form({ legalName: 'Own Person', clinicianId: small.bea })).expect(303);
    const id = answer.headers.location.split('/')[2];
    expect(await care.mayOpen(small.beaSignedIn, id)).toBe(false);
    expect(await care.mayOpen(small.inesSignedIn, id)).toBe(true);
  });

  it('comes back with everything typed when a field is wrong', async () => {
    const typed = {
      legalName: '',
      chosenName: 'ميرا 🌿',
      birthDate: '2091-04-11',
      email: 'nobody',
      phone: '12',
      timeZone: 'Mars/Olympus',
      pronouns: 'xe/xem',
    };
    const { text } = await post('/clients', typed).expect(422);
    for (const part of [
      'ميرا 🌿',
      '2091-04-11',
      'value="nobody"',
      'value="12"',
      'xe/xem',
      'Enter a name',
      'Use a date that exists',
      'Choose a zone',
    ])
      expect(text).toContain(part);
  });

  it('keeps names of every script, and a birthday on 29 February', async () => {
    const answer = await post('/clients', form({ legalName: 'ميرا الحدّاد 🌿', birthDate: '1992-02-29' })).expect(303);
    expect((await get(answer.headers.location).expect(200)).text).toContain('ميرا الحدّاد 🌿');
  });

  it('nothing but an encrypted form of it is in the database', async () => {
    await post(
      '/clients',
      form({
        legalName: 'Canary Plumage',
        email: 'canary@example.org',
        phone: '503 555 0177',
        pronouns: 'canary/pronoun',
      }),
    ).expect(303);
    const tables: { name: string }[] = await here.dataSource.query(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname IN ('core', 'kernel')`,
    );
    for (const { name } of tables) {
      const rows: { body: string }[] = await here.dataSource.query(`SELECT t::text AS body FROM ${name} AS t`);
      for (const { body } of rows) {
        expect(body).not.toMatch(/canary|plumage|555.?0177/i);
        expect(Buffer.from(body.replaceAll('\\x', ''), 'hex').toString('latin1')).not.toMatch(/canary/i);
      }
    }
  });
});

describe('details', () => {
  it('are changed, and every list knows at once', async () => {
    const { text } = await get(`/clients/${small.rowan}/details`).expect(200);
    expect(text).toContain('value="rowan@example.org"');
    const fields = {
      legalName: 'Rowena Ashby',
      chosenName: 'Rowan Ashby-Lane',
      timeZone: 'America/Denver',
      status: 'active',
    };
    await post(`/clients/${small.rowan}/details`, fields).expect(303);
    expect((await get('/clients').expect(200)).text).toContain('Rowan Ashby-Lane');
  });

  it('belong to those who work with the client and to the front desk', async () => {
    here.signedIn.who = small.beaSignedIn;
    await get(`/clients/${small.rowan}/details`).expect(404);
    await post(`/clients/${small.rowan}/details`, form({ status: 'ended' })).expect(404);
    here.signedIn.who = small.desk;
    await get(`/clients/${small.rowan}/details`).expect(200);
    await get(`/clients/${newId()}/details`).expect(404);
  });
});

describe('clinicians', () => {
  it('are listed by name, and unknown ones are none', async () => {
    expect((await here.get(Clinicians).list()).map(({ displayName }) => displayName)).toEqual([
      'Ines Calloway',
      'Bea Osei',
    ]);
    expect(await here.get(Clinicians).byId(small.rowan)).toBeUndefined();
    expect(await here.get(Clinicians).byId('x')).toBeUndefined();
  });
});
