import { createHash, createHmac, randomBytes } from 'node:crypto';
import path from 'node:path';
import 'reflect-metadata';
import pg from 'pg';

const dist = path.join(import.meta.dirname, '../../dist');
const load = (file) => import(path.join(dist, file));

export const ZONE = 'America/Denver';
/** Appointments of one clinician on one working day. */
export const PER_DAY = 8;
export const FIRST_DAY = '2031-01-06';
const SESSIONS_EACH = 5;

/**
 * Migrates an empty database with the product's own migrations and fills it: people one by one, since the vault seals each name, and
 * appointments by SQL. Keys go to `<folder>/keys.json`, where the server finds them.
 *
 * @param url `postgres://` URL of the empty database
 * @param size `{ clinicians, clients, days }`
 * @returns `{ targets, days, names }`: a cookie for each signed-in session, the days (`YYYY-MM-DD`) and the name of each person
 */
export async function fill(url, folder, size) {
  const { EnvelopeVault } = await load('platform/crypto/envelope-vault.js');
  const { KeyRingHolder } = await load('platform/crypto/key-ring.holder.js');
  const { loadOrCreateKeyRing } = await load('platform/crypto/key-ring.file.js');
  const { checkKeyRing } = await load('platform/crypto/key-check.js');
  const { openDataSource } = await load('platform/database/data-source.js');
  const { parseDatabaseUrl } = await load('platform/database/connection-settings.js');
  const { migrate } = await load('platform/database/migrate.js');
  const { MIGRATIONS } = await load('migrations.js');

  const settings = { file: path.join(folder, 'keys.json') };
  const ring = await loadOrCreateKeyRing({ ...settings, databaseHasKeys: false });
  const dataSource = await openDataSource({
    settings: parseDatabaseUrl(url),
    limits: { poolMax: 2, connectTimeoutMs: 5_000, statementTimeoutMs: 300_000 },
  });
  try {
    await migrate(dataSource, MIGRATIONS);
    await checkKeyRing(dataSource, ring);
    const vault = new EnvelopeVault(dataSource, new KeyRingHolder(ring, settings));
    const people = await fillPeople(dataSource, vault, size);
    const days = await fillDays(dataSource, size);
    const targets = await fillSessions(dataSource, vault, people.clinicians);
    await dataSource.query('VACUUM ANALYZE');
    await vault.keys.close();
    return { targets, days, names: people.names };
  } finally {
    await dataSource.destroy();
  }
}

async function fillPeople(dataSource, vault, { clinicians, clients }) {
  const { newId } = await load('platform/ids.js');
  const { PersonVault } = await load('features/people/person-vault.js');
  const sealer = new PersonVault(vault);
  const names = new Map();
  const make = async (count, word) => {
    const rows = [];
    for (let number = 1; number <= count; number++) {
      const id = newId();
      const legalName = `${word} ${createHash('sha256').update(`${word}${number}`).digest('hex').slice(0, 8)}`;
      names.set(id, legalName);
      rows.push(await sealer.seal(id, { legalName, timeZone: ZONE }));
    }
    await dataSource.query(
      'INSERT INTO core.person (id, legal_name_enc, time_zone) SELECT p.id, p.name, $3 FROM unnest($1::uuid[], $2::bytea[]) AS p (id, name)',
      [rows.map(({ id }) => id), rows.map(({ legalNameEnc }) => legalNameEnc), ZONE],
    );
    return rows.map(({ id }) => id);
  };
  await dataSource.query('INSERT INTO core.practice (id, name, time_zone) VALUES ($1, $2, $3)', [
    newId(),
    'Linden Row',
    ZONE,
  ]);
  const clinicianIds = await make(clinicians, 'Clinician');
  const clientIds = await make(clients, 'Client');
  await dataSource.query(
    `INSERT INTO core.clinician (id, credential, status, color) SELECT id, 'LCSW', 'active', 0 FROM unnest($1::uuid[]) AS given (id)`,
    [clinicianIds],
  );
  await dataSource.query(
    `INSERT INTO core.client (id, status) SELECT id, 'active' FROM unnest($1::uuid[]) AS given (id)`,
    [clientIds],
  );
  // A case may have any id: here that of its only client, so that generated appointments need no join.
  await dataSource.query(`INSERT INTO core.case_file (id, kind) SELECT id, 'individual' FROM core.client`);
  await dataSource.query('INSERT INTO core.case_member (case_id, client_id) SELECT id, id FROM core.client');
  return { clinicians: clinicianIds, names };
}

/** Eight appointments of 50 minutes for each clinician on each day, half of them on video; their ids are in no order, as old data's. */
async function fillDays(dataSource, { days }) {
  await dataSource.query(
    `INSERT INTO core.appointment (id, case_id, clinician_id, service, modality, status, starts_at, ends_at, time_zone, wall_start,
                                   local_day, version, created_by)
     SELECT gen_random_uuid(), clients.ids[1 + (c.no * 7919 + day * 104729 + slot * 1299709) % cardinality(clients.ids)], c.id,
            'individual', CASE WHEN (c.no + day + slot) % 2 = 0 THEN 'video' ELSE 'office' END, 'booked',
            t.wall AT TIME ZONE $1, (t.wall + interval '50 minutes') AT TIME ZONE $1, $1, t.wall, t.wall::date, 1, 'bench'
       FROM generate_series(0, $3::int - 1) AS day
      CROSS JOIN (SELECT id, row_number() OVER (ORDER BY id) AS no FROM core.clinician) AS c
      CROSS JOIN generate_series(0, $4::int - 1) AS slot
      CROSS JOIN LATERAL (SELECT $2::date + day + make_interval(hours => 9 + slot::int) AS wall) AS t
      CROSS JOIN (SELECT array_agg(id ORDER BY id) AS ids FROM core.client) AS clients`,
    [ZONE, FIRST_DAY, days, PER_DAY],
  );
  await dataSource.query(
    'INSERT INTO core.appointment_member (appointment_id, client_id) SELECT id, case_id FROM core.appointment',
  );
  const rows = await dataSource.query(
    `SELECT to_char($1::date + day, 'YYYY-MM-DD') AS day FROM generate_series(0, $2::int - 1) AS day`,
    [FIRST_DAY, days],
  );
  return rows.map(({ day }) => day);
}

/** Signed-in sessions as the server would have written them, with the cookies that open them. */
async function fillSessions(dataSource, vault, clinicianIds) {
  const { newId } = await load('platform/ids.js');
  const { hashOfSessionId } = await load('features/access/sessions/session-store.js');
  const { emailIndex, emailPlace } = await load('features/access/accounts/account.places.js');
  const secret = vault.derive('session-cookie').toString('base64url');
  const targets = [];
  for (const [at, personId] of clinicianIds.entries()) {
    const accountId = newId();
    const email = `clinician-${at}@bench.example`;
    await dataSource.query(
      `INSERT INTO core.account (id, role, person_id, email_enc, email_index, state, time_zone, locale, created_at)
       VALUES ($1, 'clinician', $2, $3, $4, 'active', $5, 'en', now())`,
      [
        accountId,
        personId,
        await vault.seal('directory.contact', emailPlace(accountId), email),
        emailIndex(vault, email),
        ZONE,
      ],
    );
    for (let session = 0; session < SESSIONS_EACH; session++) {
      const id = randomBytes(32).toString('base64url');
      await dataSource.query(
        `INSERT INTO core.session (id_hash, ref, account_id, stage, created_at, seen_at, proved_at, absolute_until, idle_minutes, browser)
         VALUES ($1, $2, $3, 'full', now(), now(), now(), now() + interval '12 hours', 60, 'bench')`,
        [hashOfSessionId(id), newId(), accountId],
      );
      const signature = createHmac('sha256', secret).update(id).digest('base64').replace(/=+$/, '');
      targets.push({ cookie: `sid=${encodeURIComponent(`s:${id}.${signature}`)}` });
    }
  }
  return targets;
}

/** An empty database in the PostgreSQL of this run; returns its URL. */
export async function createDatabase(connection, name) {
  const client = new pg.Client(connection);
  await client.connect();
  await client.query(`CREATE DATABASE ${name} TEMPLATE template0`);
  await client.end();
  const { user, password, host } = connection;
  return `postgres://${user}:${password}@/${name}?host=${encodeURIComponent(host)}`;
}
