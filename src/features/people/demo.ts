import type { INestApplicationContext } from '@nestjs/common';
import { systemPrincipal } from '../../platform/access/principal.js';
import { Clock } from '../../platform/clock.js';
import { Directory } from '../../platform/directory/directory.js';
import { newId } from '../../platform/ids.js';
import { Work } from '../../platform/work/work.js';
import { CLIENT_ZONES, FIRST_NAMES, LAST_NAMES, PRONOUNS } from './demo-names.js';
import { demoRandom, pick } from './demo-random.js';
import type { PersonInput } from './people.model.js';
import { PeopleRepository } from './people.repository.js';
import { PersonVault } from './person-vault.js';

export interface DemoPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly timeZone: string;
}
export interface DemoClient extends DemoPerson {
  readonly caseId: string;
  readonly clinicianId: string;
}
/** Everybody in the synthetic practice. */
export interface DemoPeople {
  /** The first one is in the session that starts now; the last one supervises. */
  readonly clinicians: readonly DemoPerson[];
  readonly supervisor: DemoPerson;
  readonly clients: readonly DemoClient[];
  readonly owner: DemoPerson;
  readonly scheduler: DemoPerson;
  readonly biller: DemoPerson;
  readonly itAdmin: DemoPerson;
  /** Has rights towards the last client. */
  readonly guardian: DemoPerson;
}

const ZONE = 'America/Los_Angeles';
const CLIENTS = 64;
const CLINICIANS = [
  { name: 'Ines Calloway', credential: 'LCSW', zone: ZONE },
  { name: 'Bea Osei', credential: 'LMFT', zone: ZONE },
  { name: 'Tobias Renner', credential: 'LPC', zone: ZONE },
  { name: 'Mina Takahashi', credential: 'PsyD', zone: ZONE },
  { name: 'Leila Haddad-Moss', credential: 'LCSW', zone: 'America/Denver' },
  { name: 'Andre Baptiste', credential: 'LMFT', zone: ZONE },
  { name: 'Saoirse Quill', credential: 'LPC', zone: 'America/New_York' },
  { name: 'Magnus Osgood', credential: 'PhD', zone: ZONE },
] as const;

type Seed = PersonInput & { readonly id: string; readonly name: string; readonly email: string };

/** Makes everybody in a few statements. Nobody in it is real; addresses and numbers are of the ranges reserved for examples. */
export async function seedPeople(app: Pick<INestApplicationContext, 'get'>): Promise<DemoPeople> {
  const [work, repository, vault] = [app.get(Work), app.get(PeopleRepository), app.get(PersonVault)];
  const now = app.get(Clock).now();
  const random = demoRandom(20_418);
  const clinicians = CLINICIANS.map(({ name, zone }) => person(name, zone));
  const [owner, scheduler, biller, itAdmin, guardian] = [
    'Harriet Lindgren',
    'Joss Okonjo',
    'Petra Vance',
    'Dmitri Salo',
    'Morgan Ashby',
  ].map((name) => person(name, ZONE));
  const clients = names(random, CLIENTS).map((name) => client(name, random));
  const supervisor = clinicians[clinicians.length - 1];
  const placed = clients.map((one, index) => ({
    ...one,
    caseId: newId(),
    clinicianId: clinicians[index % clinicians.length].id,
  }));
  const everybody = [...clinicians, owner, scheduler, biller, itAdmin, guardian, ...clients];
  const rows = await Promise.all(
    everybody.map(async (one) => ({ ...(await vault.seal(one.id, one)), createdAt: now })),
  );
  const from = new Date(now.getTime() - 90 * 86_400_000);
  await work.run(systemPrincipal('demo'), async (tx) => {
    await repository.insertPersons(tx.manager, rows);
    await repository.insertClinicians(
      tx.manager,
      clinicians.map(({ id }, color) => ({
        id,
        credential: CLINICIANS[color].credential,
        status: 'active',
        color,
        createdAt: now,
      })),
    );
    await repository.insertStaff(
      tx.manager,
      [owner, scheduler, biller, itAdmin].map(({ id }) => ({ id, createdAt: now })),
    );
    await repository.insertClients(
      tx.manager,
      placed.map(({ id }) => ({ id, status: 'active', createdAt: now })),
    );
    await repository.insertCases(
      tx.manager,
      placed.map(({ caseId }) => ({ id: caseId, kind: 'individual', createdAt: now })),
      placed.map(({ id, caseId }) => ({ caseId, clientId: id })),
    );
    await repository.insertAssignments(
      tx.manager,
      placed.flatMap(({ id, clinicianId }, index) => [
        { id: newId(), clientId: id, clinicianId, kind: 'assigned', fromAt: from, untilAt: null },
        ...(index % clinicians.length === 1
          ? [
              {
                id: newId(),
                clientId: id,
                clinicianId: supervisor.id,
                kind: 'supervising' as const,
                fromAt: from,
                untilAt: null,
              },
            ]
          : []),
      ]),
    );
    await repository.insertRelationships(tx.manager, [
      {
        id: newId(),
        clientId: clients[clients.length - 1].id,
        personId: guardian.id,
        kind: 'guardian',
        rights: ['book', 'pay'],
        fromOn: from.toISOString().slice(0, 10),
        untilOn: null,
      },
    ]);
    tx.audit({ action: 'demo.people', facts: { persons: rows.length, clients: placed.length } });
  });
  await app.get(Directory).resync();
  return { clinicians, supervisor, clients: placed, owner, scheduler, biller, itAdmin, guardian };
}

function person(name: string, timeZone: string, more: Omit<Partial<PersonInput>, 'email'> = {}): Seed {
  return { id: newId(), name, legalName: name, timeZone, email: addressOf(name), ...more };
}

function client(name: string, random: () => number): Seed {
  const year = 1950 + Math.floor(random() * 55);
  const month = String(1 + Math.floor(random() * 12)).padStart(2, '0');
  const day = String(1 + Math.floor(random() * 28)).padStart(2, '0');
  const last = name.slice(name.indexOf(' ') + 1);
  // Some are called otherwise than their papers say.
  const legalName = random() < 0.12 ? `${pick(random, FIRST_NAMES)} ${last}` : name;
  return person(name, pick(random, CLIENT_ZONES), {
    legalName,
    chosenName: legalName === name ? null : name,
    pronouns: pick(random, PRONOUNS),
    birthDate: `${year}-${month}-${day}`,
    phone: `(503) 555-01${String(Math.floor(random() * 100)).padStart(2, '0')}`,
  });
}

/** `first.last@example.org`, in plain letters. */
const addressOf = (name: string): string =>
  `${name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z ]/g, '')
    .trim()
    .replaceAll(/\s+/g, '.')
    .toLowerCase()}@example.org`;

function names(random: () => number, count: number): string[] {
  const made = new Set<string>(['Rowan Ashby']);
  while (made.size < count) made.add(`${pick(random, FIRST_NAMES)} ${pick(random, LAST_NAMES)}`);
  return [...made];
}
