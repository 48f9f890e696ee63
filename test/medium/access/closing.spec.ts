import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { newTotpSecret } from '../../../src/features/access/public.js';
import { newId } from '../../../src/platform/ids.js';
import { Life, linkIn, type Account } from './support/life.js';

let life: Life;
let owner: Account;
let desk: Account;

beforeAll(async () => {
  life = await Life.begin();
  owner = await life.signedIn('owner');
  desk = await life.signedIn('scheduler');
}, 120_000);
afterAll(() => life.close());

/** Rows of the audit about an account, as they are stored. */
const auditOf = (id: string): Promise<unknown[]> =>
  life.query(`SELECT seq, action, at, leaf FROM core.audit_event WHERE object = $1 OR actor_id = $2 ORDER BY seq`, [
    `account:${id}`,
    id,
  ]);

describe('closing an account', () => {
  it('ends everything, frees the address, keeps the name, and never gives the id to anybody again', async () => {
    const someone = await life.account('clinician', { totpSecret: newTotpSecret() });
    const active = await life.signedIn('clinician');
    await owner.browser.get('/admin/people');
    const link = linkIn(await owner.browser.post(`/admin/people/${active.id}/password-link`));
    expect((await owner.browser.post(`/admin/people/${active.id}/close`)).location).toBe('/admin/people?done=closed');
    expect((await owner.browser.post(`/admin/people/${someone.id}/close`)).status).toBe(303);
    expect((await active.browser.get('/account')).location).toContain('/sign-in');
    expect((await life.browser().get(link)).status).toBe(404);
    expect((await life.browser().signIn(active.email)).status).toBe(422);

    const [row] = await life.query<Record<string, unknown>>('SELECT * FROM core.account WHERE id = $1', [someone.id]);
    expect(row).toMatchObject({
      state: 'closed',
      person_id: someone.personId,
      password_hash: null,
      totp_enc: null,
      totp_last_step: null,
    });
    for (const table of [
      'session',
      'one_time_link',
      'passkey',
      'recovery_code',
      'reset_request',
      'other_email',
      'sign_on_identity',
    ])
      expect(
        await life.query(`SELECT 1 FROM core.${table} WHERE account_id = ANY($1)`, [[someone.id, active.id]]),
      ).toEqual([]);

    const before = await auditOf(active.id);
    await owner.browser.get('/admin/people/invite');
    const again = await owner.browser.post('/admin/people/invite', {
      name: 'The same again',
      email: active.email,
      role: 'clinician',
    });
    const fresh = life.browser();
    const invitation = linkIn(again);
    await fresh.get(invitation);
    expect((await fresh.post(invitation, { password: 'a kettle of violet moss', timeZone: 'UTC' })).status).toBe(303);
    const accounts = await life.query<{ id: string }>(
      `SELECT id FROM core.account WHERE state = 'active' AND email_index =
         (SELECT email_index FROM core.account WHERE role = 'clinician' AND state = 'active' ORDER BY created_at DESC LIMIT 1)`,
    );
    expect(accounts.map(({ id }) => id)).not.toContain(active.id);
    expect(await auditOf(active.id)).toEqual(before);
    expect((await owner.browser.get('/admin/people')).html).toContain('The same again');
  });

  it('cannot be undone, not in the pages and not in the database', async () => {
    const someone = await life.account('biller');
    await owner.browser.get('/admin/people');
    await owner.browser.post(`/admin/people/${someone.id}/close`);
    for (const act of ['restore', 'suspend', 'role', 'close', 'invitation', 'password-link', 'email-back'])
      expect((await owner.browser.post(`/admin/people/${someone.id}/${act}`, { role: 'owner' })).status).toBe(404);
    expect((await owner.browser.get(`/admin/people/${someone.id}`)).status).toBe(404);
    await expect(life.query(`UPDATE core.account SET state = 'active' WHERE id = $1`, [someone.id])).rejects.toThrow(
      /UPDATE refused/,
    );
    await expect(life.query(`DELETE FROM core.account WHERE id = $1`, [someone.id])).rejects.toThrow();
    expect(await life.stateOf(someone.id)).toBe('closed');
  });

  it('is never the last owner’s, one’s own, or for who may not', async () => {
    const own = await owner.browser.post(`/admin/people/${owner.id}/close`);
    expect([own.status, await life.stateOf(owner.id)]).toEqual([409, 'active']);
    const second = await life.signedIn('owner');
    const both = await Promise.all([
      owner.browser.post(`/admin/people/${second.id}/close`),
      second.browser.post(`/admin/people/${owner.id}/close`),
    ]);
    expect(both.filter(({ status }) => status === 303)).toHaveLength(1);
    const left = await life.query<{ id: string }>(
      `SELECT id FROM core.account WHERE role = 'owner' AND state = 'active'`,
    );
    expect(left).toHaveLength(1);
    owner = left[0].id === owner.id ? owner : second;
    expect((await desk.browser.post(`/admin/people/${owner.id}/close`)).status).toBe(404);
    expect((await owner.browser.post(`/admin/people/${newId()}/close`)).status).toBe(404);
  });
});

describe('accounts of clients and guardians', () => {
  it('are suspended, let back in and closed from the client’s page, and from nobody else’s', async () => {
    const clientId = await life.person('client', 'Rowan Ashby');
    const client = await life.signedIn('client', { personId: clientId });
    const guardian = await life.signedIn('guardian', { personId: await life.guardianOf(clientId) });
    const stranger = await life.signedIn('client');
    await desk.browser.get(`/clients/${clientId}/portal`);
    const at = (account: Account, act: string): string => `/clients/${clientId}/portal/${account.id}/${act}`;
    expect((await desk.browser.post(at(stranger, 'suspend'))).status).toBe(404);
    expect((await desk.browser.post(at(owner, 'suspend'))).status).toBe(404);
    for (const one of [client, guardian]) {
      expect((await desk.browser.post(at(one, 'suspend'))).status).toBe(303);
      expect((await one.browser.get('/account')).location).toContain('/sign-in');
      expect((await life.browser().signIn(one.email)).status).toBe(422);
      expect((await desk.browser.post(at(one, 'restore'))).status).toBe(303);
      expect((await life.browser().signIn(one.email)).status).toBe(303);
    }
    const outsider = await life.signedIn('clinician');
    expect((await outsider.browser.post(at(client, 'suspend'))).status).toBe(404);
    expect((await desk.browser.post(at(client, 'close'))).location).toBe(`/clients/${clientId}/portal?done=closed`);
    expect((await desk.browser.post(at(client, 'restore'))).status).toBe(404);
    // A new account of the same person is another one.
    const link = linkIn(
      await desk.browser.post(`/clients/${clientId}/portal/invite`, { personId: clientId, email: client.email }),
    );
    expect(link).toMatch(/^\/link\//);
    const rows = await life.query<{ id: string; state: string }>(
      'SELECT id, state FROM core.account WHERE person_id = $1 ORDER BY created_at',
      [clientId],
    );
    expect(rows.map(({ state }) => state)).toEqual(['closed', 'invited']);
    expect(rows[1].id).not.toBe(client.id);
    const about = await life.query(`SELECT 1 FROM core.audit_event WHERE action = 'account.close' AND client_id = $1`, [
      clientId,
    ]);
    expect(about).toHaveLength(1);
  });

  it('an invitation that was taken back lets nobody in, and one that waits is not restored into an account', async () => {
    const clientId = await life.person('client', 'Sky Moreno');
    await desk.browser.get(`/clients/${clientId}/portal`);
    const link = linkIn(
      await desk.browser.post(`/clients/${clientId}/portal/invite`, { personId: clientId, email: 'sky@care.example' }),
    );
    const [{ id }] = await life.query<{ id: string }>('SELECT id FROM core.account WHERE person_id = $1', [clientId]);
    for (const act of ['restore', 'suspend'])
      expect((await desk.browser.post(`/clients/${clientId}/portal/${id}/${act}`)).status).toBe(404);
    expect(await life.stateOf(id)).toBe('invited');
    expect((await desk.browser.post(`/clients/${clientId}/portal/${id}/close`)).status).toBe(303);
    expect((await life.browser().get(link)).status).toBe(404);
  });

  it('asks for a fresh proof before closing', async () => {
    const client = await life.account('client');
    life.pass(6);
    await desk.browser.get(`/clients/${client.personId}/portal`);
    const answer = await desk.browser.post(`/clients/${client.personId}/portal/${client.id}/close`);
    expect([answer.status, answer.location]).toEqual([403, null]);
    expect(await life.stateOf(client.id)).toBe('active');
  });
});
