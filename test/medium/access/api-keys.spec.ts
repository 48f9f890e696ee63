import { request as plainRequest } from 'node:http';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AccountService, KeyEndings, KEY_SCOPES, Programs } from '../../../src/features/access/public.js';
import { systemPrincipal, type Principal } from '../../../src/platform/access/principal.js';
import { accessApp, type AccessApp } from './support/access-app.js';
import { Browser } from './support/browser.js';

const PASSWORD = 'quiet river lantern';
const DAY = 86_400_000;

let here: AccessApp;
/** A second process on the same database. */
let there: AccessApp;
let owner: Browser;
let ownerId = '';
let other: Browser;
const portOf = (app: AccessApp): number => (app.app.getHttpServer().address() as { port: number }).port;

const who = (...permissions: string[]): Principal => ({
  kind: 'user',
  id: ownerId,
  role: 'owner',
  permissions: new Set(permissions),
});

/** The status and code of a request with this key, in one of the processes. These have no API; `/admin` stands for any route. */
async function ask(app: AccessApp, key: string, headers: Record<string, string> = {}): Promise<[number, string]> {
  const answer = await fetch(`http://127.0.0.1:${portOf(app)}/admin`, {
    headers: { authorization: `Bearer ${key}`, 'x-test-ip': '192.0.2.9', ...headers },
    redirect: 'manual',
  });
  const { code = '' } = JSON.parse((await answer.text()) || '{}') as { code?: string };
  return [answer.status, code];
}
/** A key that counts is hidden from what is not made for keys; one that does not is refused before. */
const COUNTS = [404, 'not-found'];
const REFUSED = [401, 'key-required'];

let program = '';
const newKey = async (scopes: readonly string[] = ['health:read'], days = 30): Promise<{ id: string; text: string }> =>
  here.app.get(Programs).createKey(who('keys:manage', ...KEY_SCOPES), program, { scopes, days });

beforeAll(async () => {
  here = await accessApp();
  there = await accessApp({ url: here.url, keys: here.keys });
  for (const role of ['owner', 'it-admin'] as const) {
    const id = await here.app.get(AccountService).create(systemPrincipal('test'), {
      role,
      email: `${role}@care.example`,
      password: PASSWORD,
      personId: null,
      timeZone: 'UTC',
    });
    if (role === 'owner') ownerId = id;
    const browser = new Browser(portOf(here));
    await browser.get('/sign-in');
    await browser.post('/sign-in', { email: `${role}@care.example`, password: PASSWORD });
    await browser.get('/account');
    if (role === 'owner') owner = browser;
    else other = browser;
  }
  program = await here.app.get(Programs).create(who('keys:manage'), { name: 'Log collector', about: '' });
});
afterAll(async () => {
  await there.close();
  await here.close();
});
beforeEach(() => {
  there.clock.at = here.clock.at;
});

describe('/admin/programs', () => {
  it('opens for who may manage keys', async () => {
    expect((await owner.get('/admin/programs')).status).toBe(200);
    expect((await other.get('/admin/programs')).status).toBe(404);
    expect((await other.get(`/admin/programs/${program}`)).status).toBe(404);
    expect((await other.post('/admin/programs', { name: 'Mine' })).status).toBe(404);
    expect((await owner.get('/admin/programs/none')).status).toBe(404);
  });

  it('keeps what was typed when something is missing', async () => {
    const nameless = await owner.post('/admin/programs', { name: ' ', about: 'Keeps the log' });
    expect([nameless.status, nameless.json.model?.errors]).toEqual([422, { name: 'admin:programs.fault.name' }]);
    expect(nameless.json.html).toContain('Keeps the log');
    const empty = await owner.post(`/admin/programs/${program}/keys`, { days: '4000' });
    expect([empty.status, empty.json.model?.errors]).toEqual([
      422,
      { days: 'admin:programs.fault.days', scopes: 'admin:programs.fault.scopes' },
    ]);
  });

  it('shows a key once, and nothing but its prefix afterwards; only a hash is stored', async () => {
    const before = here.audit.length;
    const answer = await owner.post(`/admin/programs/${program}/keys`, { scopes: 'health:read', days: '30' });
    expect(answer.status).toBe(200);
    const key = /alc_[a-z2-7]{10}_[a-z2-7]{52}[0-9a-f]{8}/.exec(answer.json.html ?? '')?.[0] ?? '';
    expect(key).not.toBe('');
    expect(await ask(here, key)).toEqual(COUNTS);
    for (const path of ['/admin/programs', `/admin/programs/${program}`, '/admin']) {
      const { html = '' } = (await owner.get(path)).json;
      expect(html).not.toContain(key.slice(15));
    }
    expect((await owner.get(`/admin/programs/${program}`)).json.html).toContain(key.slice(0, 14));
    expect(JSON.stringify(here.audit.slice(before))).not.toContain(key.slice(15));
    expect(JSON.stringify(here.told)).not.toContain(key.slice(15));
    const rows = await here.dataSource.query<{ whole: string; secret_hash: Buffer }[]>(
      'SELECT k::text AS whole, k.secret_hash FROM core.api_key k',
    );
    expect(rows.map(({ whole }) => whole).join()).not.toContain(key.slice(15));
    expect(rows.map(({ secret_hash }) => secret_hash.toString('hex'))).toContain(
      createHash('sha256').update(key).digest('hex'),
    );
    expect(here.audit.slice(before).find(({ entry }) => entry.action === 'key.create')?.entry).toMatchObject({
      object: `program:${program}`,
      facts: { scopes: 'health:read', days: 30 },
    });
    expect(here.told.at(-1)).toEqual({
      to: { holdersOf: 'keys:manage', except: ownerId },
      notice: { kind: 'key.create', href: `/admin/programs/${program}` },
    });
  });

  it('ends a key and a program for good', async () => {
    const made = await owner.post('/admin/programs', { name: 'Monitor', about: 'Watches' });
    const id = /programs\/([0-9a-f-]{36})/.exec(made.location ?? '')?.[1] ?? '';
    const shown = await owner.post(`/admin/programs/${id}/keys`, { scopes: 'health:read', days: '30' });
    const key = /alc_\w+/.exec((shown.json.model as { text?: string }).text ?? '')?.[0] ?? '';
    const { model } = (await owner.get(`/admin/programs/${id}`)).json;
    const keyId = (model as { keys?: { id: string }[] }).keys?.[0]?.id ?? '';
    expect((await owner.post(`/admin/programs/${program}/keys/${keyId}/revoke`)).status).toBe(404);
    expect(await ask(there, key)).toEqual(COUNTS);
    expect((await owner.post(`/admin/programs/${id}/keys/${keyId}/revoke`)).status).toBe(303);
    expect(await ask(there, key)).toEqual(REFUSED);
    expect((await owner.post(`/admin/programs/${id}/keys/${keyId}/revoke`)).status).toBe(404);
    const second = await here.app
      .get(Programs)
      .createKey(who('keys:manage', 'health:read'), id, { scopes: ['health:read'], days: 1 });
    expect((await owner.post(`/admin/programs/${id}/end`)).status).toBe(303);
    expect(await ask(there, second.text)).toEqual(REFUSED);
    const late = await owner.post(`/admin/programs/${id}/keys`, { scopes: 'health:read', days: '30' });
    expect([late.status, late.json.code]).toEqual([409, 'access.program-ended']);
    expect((await owner.post(`/admin/programs/${id}/end`)).status).toBe(404);
    expect((await owner.get(`/admin/programs/${id}`)).json.html).toContain('Monitor');
  });

  it.each([
    ['everything', ['*']],
    ['a permission no key may hold', ['chart:read']],
    ['one that does not exist', ['health:write']],
    ['one good and one bad', ['health:read', 'keys:manage']],
    ['none', []],
    ['what its maker does not hold', ['audit:read']],
  ])('gives no key %s', async (_, scopes) => {
    const asked = here.app.get(Programs).createKey(who('keys:manage', 'health:read'), program, { scopes, days: 30 });
    await expect(asked).rejects.toMatchObject({ code: 'access.scope-refused' });
  });

  it.each([0, -1, 367, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('gives no key a life of %d days', async (days) => {
    await expect(newKey(['health:read'], days)).rejects.toMatchObject({ code: 'access.key-lifetime' });
  });

  it('takes no other columns out of the form', async () => {
    const answer = await owner.post(`/admin/programs/${program}/keys`, {
      scopes: 'health:read',
      days: '30',
      expires_at: '2099-01-01',
      principal_id: ownerId,
      secret_hash: 'x',
      created_by: ownerId,
      id: ownerId,
    });
    expect(answer.status).toBe(200);
    const [row] = await here.dataSource.query<{ id: string; days: number; principal_id: string }[]>(
      `SELECT id, principal_id, extract(day FROM expires_at - created_at)::int AS days FROM core.api_key ORDER BY id DESC LIMIT 1`,
    );
    expect([row?.days, row?.principal_id, row?.id === ownerId]).toEqual([30, program, false]);
    const odd = await owner.post(`/admin/programs/${program}/keys`, { 'scopes[]': 'health:read', days: '30' });
    expect(odd.status).toBe(422);
  });
});

describe('a key', () => {
  it('counts until its end, to the moment', async () => {
    const at = here.clock.at;
    const { text } = await newKey(['health:read'], 30);
    const end = at.getTime() + 30 * DAY;
    here.clock.at = new Date(end - 1);
    expect(await ask(here, text)).toEqual(COUNTS);
    here.clock.at = new Date(end);
    expect(await ask(here, text)).toEqual(REFUSED);
    here.clock.at = at;
  });

  it('is told of two weeks before its end, once', async () => {
    const at = here.clock.at;
    await newKey(['health:read'], 180);
    here.clock.at = new Date(at.getTime() + (180 - 15) * DAY);
    await here.app.get(KeyEndings).tell();
    here.clock.at = new Date(at.getTime() + (180 - 14) * DAY);
    const before = here.told.length;
    expect(await here.app.get(KeyEndings).tell()).toBe(1);
    expect(here.told.slice(before).map(({ notice }) => notice.kind)).toEqual(['key.expire']);
    expect(await here.app.get(KeyEndings).tell()).toBe(0);
    here.clock.at = at;
  });

  it('wins over a cookie that comes along', async () => {
    const { text } = await newKey();
    const cookie = [...owner.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    // The control: the cookie alone opens the page.
    expect((await owner.get('/admin')).status).toBe(200);
    expect(await ask(here, text, { cookie, accept: 'text/html' })).toEqual(COUNTS);
    expect(await ask(here, 'alc_wrong', { cookie, accept: 'text/html' })).toEqual(REFUSED);
    const refusal = here.audit.findLast(({ entry }) => entry.action === 'route.refuse');
    expect(refusal?.who).toMatchObject({ kind: 'service', id: program });
  });

  it('is refused alike, with the same work, whatever is wrong with it', async () => {
    const { text, id } = await newKey();
    const revoked = await newKey();
    await here.app.get(Programs).revokeKey(who('keys:manage'), program, revoked.id);
    const expired = await newKey(['health:read'], 1);
    await here.dataSource.query(
      `UPDATE core.api_key SET created_at = $2::timestamptz - interval '2 days', expires_at = $2::timestamptz - interval '1 day' WHERE id = $1`,
      [expired.id, here.clock.at],
    );
    const other = await newKey();
    const wrongs = {
      short: 'alc_x',
      'other prefix': `alc_aaaaaaaaaa${text.slice(14)}`,
      'other secret': text.slice(0, 15) + other.text.slice(15),
      upper: text.toUpperCase().replace('ALC', 'alc'),
      long: `${text}${'a'.repeat(5_000)}`,
      'something after it': `${text} ${text}`,
      'its hash': `alc_${createHash('sha256').update(text).digest('hex')}`,
      'its id': `alc_${id}`,
      revoked: revoked.text,
      expired: expired.text,
      percent: `alc_${'%00'.repeat(20)}`,
    };
    const seen = new Map<string, string>();
    for (const [name, wrong] of Object.entries(wrongs)) {
      here.statements.length = 0;
      expect([name, await ask(here, wrong)]).toEqual([name, REFUSED]);
      seen.set(name, here.statements.join());
    }
    expect(new Set(seen.values())).toEqual(new Set(['access.api-key']));
    const refused = here.audit.filter(({ entry }) => entry.action === 'key.refuse').map(({ entry }) => entry.facts);
    expect(refused).toContainEqual({ prefix: revoked.text.slice(4, 14) });
    expect(refused).toContainEqual({ prefix: null });
    expect(JSON.stringify(here.audit)).not.toContain(revoked.text.slice(15));
  });

  it('does not count twice: two headers are none', async () => {
    const { text } = await newKey();
    const status = await new Promise<number>((resolve, reject) => {
      const sent = plainRequest(
        { host: '127.0.0.1', port: portOf(here), path: '/admin', headers: { host: 'care.test' } },
        (answer) => {
          answer.resume();
          resolve(answer.statusCode ?? 0);
        },
      );
      sent.setHeader('authorization', [`Bearer ${text}`, `Bearer ${text}`]);
      sent.on('error', reject).end();
    });
    expect(status).toBe(401);
  });

  it('leaves the tokens of other systems to them', async () => {
    const cookie = [...owner.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    for (const authorization of ['Bearer eyJhbGciOiJub25lIn0', 'Basic b3duZXI6cGFzcw=='])
      expect((await ask(here, '', { authorization, cookie }))[0]).toBe(200);
  });

  it('holds no scope that somebody wrote into its row', async () => {
    const { text, id } = await newKey();
    await here.dataSource.query(`UPDATE core.api_key SET scopes = '{*,chart:read,health:read}' WHERE id = $1`, [id]);
    await ask(here, text);
    const refusal = here.audit.findLast(({ entry }) => entry.action === 'route.refuse');
    expect([...(refusal?.who.permissions ?? [])]).toEqual(['health:read']);
    expect(refusal?.who.sessionId).toBe(id);
  });

  it('has its use noted at most once a minute', async () => {
    const at = here.clock.at;
    const { text, id } = await newKey();
    const noted = async (): Promise<unknown> =>
      (
        await here.dataSource.query<{ at: Date; ip: string }[]>(
          'SELECT last_used_at AS at, host(last_used_ip) AS ip FROM core.api_key WHERE id = $1',
          [id],
        )
      )[0];
    await ask(here, text);
    expect(await noted()).toEqual({ at, ip: '192.0.2.9' });
    here.clock.at = new Date(at.getTime() + 59_000);
    await ask(here, text);
    expect(await noted()).toEqual({ at, ip: '192.0.2.9' });
    here.clock.at = new Date(at.getTime() + 60_000);
    await ask(here, text, { 'x-test-ip': '192.0.2.10' });
    expect(await noted()).toEqual({ at: here.clock.at, ip: '192.0.2.10' });
    here.clock.at = at;
  });

  it('has to slow down after six hundred requests in a minute, alone', async () => {
    const [busy, calm] = [await newKey(), await newKey()];
    const statuses = new Map<number, number>();
    for (let round = 0; round < 62; round++) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => ask(here, busy.text)));
      for (const [status] of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect(Object.fromEntries(statuses)).toEqual({ 404: 600, 429: 20 });
    expect(await ask(here, calm.text)).toEqual(COUNTS);
  }, 60_000);

  it('cannot be guessed at speed from one network', async () => {
    const ip = { 'x-test-ip': '198.51.100.7' };
    const codes = [];
    for (let at = 0; at < 65; at++) codes.push((await ask(here, `alc_guess${at}`, ip))[0]);
    expect([codes.indexOf(429), codes.lastIndexOf(401)]).toEqual([60, 59]);
    const { text } = await newKey();
    expect(await ask(here, text)).toEqual(COUNTS);
  }, 60_000);

  it('dies with its program, whatever is written about the key itself', async () => {
    const id = await here.app.get(Programs).create(who('keys:manage'), { name: 'Short', about: '' });
    const { text } = await here.app
      .get(Programs)
      .createKey(who('keys:manage', 'health:read'), id, { scopes: ['health:read'], days: 1 });
    expect(await ask(here, text)).toEqual(COUNTS);
    await here.dataSource.query(
      `UPDATE core.service_principal SET state = 'ended', ended_at = created_at WHERE id = $1`,
      [id],
    );
    expect(await ask(here, text)).toEqual(REFUSED);
  });

  it('goes on when its maker may not enter any more, and the page says so', async () => {
    const { text } = await newKey();
    await here.dataSource.query(`UPDATE core.account SET state = 'suspended' WHERE id = $1`, [ownerId]);
    expect(await ask(there, text)).toEqual(COUNTS);
    const seen = await here.app.get(Programs).one(who('keys:manage'), program);
    expect(seen.keys.every(({ creatorActive }) => !creatorActive)).toBe(true);
    await here.dataSource.query(`UPDATE core.account SET state = 'active' WHERE id = $1`, [ownerId]);
  });
});
