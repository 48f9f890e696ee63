import { afterAll, beforeAll, expect, it } from '@jest/globals';
import request from 'supertest';
import { seedPeople, type DemoPeople } from '../../../src/features/people/demo.js';
import { CareAccess } from '../../../src/features/people/public.js';
import { seedPractice } from '../../../src/features/practice/demo.js';
import { seedAppointments, type DemoSession } from '../../../src/features/scheduling/demo.js';
import { Appointments } from '../../../src/features/scheduling/public.js';
import { principal, world, type World } from './support/world.js';

let here: World;
let people: DemoPeople;
let session: DemoSession;
let took: number;

beforeAll(async () => {
  here = await world();
  const start = performance.now();
  await seedPractice(here.app);
  people = await seedPeople(here.app);
  session = await seedAppointments(here.app, people, here.clock.now());
  took = performance.now() - start;
});
afterAll(() => here.close());

it('makes a whole practice in seconds', async () => {
  expect(took).toBeLessThan(6_000);
  expect(people.clinicians.length).toBe(8);
  expect(people.clients.length).toBeGreaterThanOrEqual(60);
  expect(new Set(people.clients.map(({ email }) => email)).size).toBe(people.clients.length);
  const [{ n }] = await here.dataSource.query('SELECT count(*)::int AS n FROM core.appointment');
  expect(n).toBeGreaterThan(200);
});

it('has a session that is going on now, between a clinician and a client of theirs', async () => {
  const facts = await here.get(Appointments).forJoin(session.appointmentId);
  expect(facts.startsAt <= here.clock.now() && facts.endsAt > here.clock.now()).toBe(true);
  expect(facts).toMatchObject({ status: 'booked', modality: 'video', memberIds: [session.clientId] });
  expect(await here.get(CareAccess).mayOpen(principal('clinician', session.clinicianId), session.clientId)).toBe(true);
});

it('lets a supervisor open charts of clients of a colleague', async () => {
  const supervised = people.clients.filter((_, index) => index % people.clinicians.length === 1);
  const who = principal('supervisor', people.supervisor.id);
  expect(await here.get(CareAccess).mayOpen(who, supervised[0].id)).toBe(true);
});

it('gives every clinician a day that can be shown, and the same practice each time', async () => {
  for (const clinician of people.clinicians) {
    here.signedIn.who = principal('clinician', clinician.id);
    await request(here.server).get('/today').expect(200);
    await request(here.server).get('/calendar').expect(200);
  }
  const again = await world();
  try {
    expect((await seedPeople(again.app)).clients.map(({ name }) => name)).toEqual(
      people.clients.map(({ name }) => name),
    );
  } finally {
    await again.close();
  }
});
