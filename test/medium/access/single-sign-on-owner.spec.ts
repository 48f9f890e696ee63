import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WebVisitor } from '../../support/web-visitor.js';
import { PASSWORD, SignOnStand, type Member } from './support/sign-on-stand.js';

let stand: SignOnStand;
let owner: WebVisitor;
beforeAll(async () => {
  stand = await SignOnStand.open();
  owner = await signedIn(await stand.member({ role: 'owner' }));
}, 60_000);
afterAll(() => stand.close());

async function signedIn(member: Member): Promise<WebVisitor> {
  const visitor = stand.visitor();
  await visitor.get('/sign-in');
  expect((await visitor.post('/sign-in', { email: member.email, password: PASSWORD })).status).toBe(303);
  await visitor.get('/account');
  return visitor;
}
const PAGE = '/admin/single-sign-on';

describe('the owner’s page', () => {
  it('maps groups, changes and removes them', async () => {
    await owner.get(PAGE);
    expect((await owner.post(`${PAGE}/groups`, { group: 'desk & <b>', role: 'biller' })).location).toBe(
      `${PAGE}?done=group`,
    );
    await owner.post(`${PAGE}/groups`, { group: 'desk & <b>', role: 'scheduler' });
    const shown = await owner.get(`${PAGE}?done=group`);
    expect(shown.text).toContain('desk &amp; &lt;b&gt;</b><small class="d-block">Scheduler');
    expect(shown.text).toContain(new URL(stand.idp.issuer).host);
    expect((await owner.post(`${PAGE}/groups/remove`, { group: 'desk & <b>' })).location).toBe(`${PAGE}?done=removed`);
    expect((await owner.post(`${PAGE}/groups/remove`, { group: 'desk & <b>' })).status).toBe(404);
    const audit = await stand.rows<{ facts: unknown }>(
      `SELECT facts FROM core.audit_event WHERE action = 'sign-on.group'`,
    );
    expect(audit).toHaveLength(3);
    expect(JSON.stringify(audit)).not.toContain('desk');
  });

  it('says what is wrong and keeps what was typed', async () => {
    const empty = await owner.post(`${PAGE}/groups`, { group: '', role: 'scheduler' });
    expect([empty.status, empty.text.includes('A group, at most 200 characters')]).toEqual([422, true]);
    expect((await owner.post(`${PAGE}/groups`, { group: 'x', role: 'client' })).status).toBe(404);
    const proofs = await owner.post(`${PAGE}/rules`, { trustedProofs: 'a b, <script>', createsAccounts: 'yes' });
    expect([proofs.status, proofs.text.includes('At most ten words')]).toEqual([422, true]);
    expect(proofs.text).toMatch(/name="createsAccounts" value="yes"\s+checked/);
  });

  it('lets groups decide only when there is one', async () => {
    const early = await owner.post(`${PAGE}/rules`, { groupsDecide: 'yes', trustedProofs: '' });
    expect([early.status, early.text.includes('Add a group first')]).toEqual([409, true]);
    await owner.post(`${PAGE}/groups`, { group: 'desk', role: 'scheduler' });
    expect((await owner.post(`${PAGE}/rules`, { groupsDecide: 'yes', trustedProofs: 'mfa, urn:x:gold' })).status).toBe(
      303,
    );
    expect((await stand.settings.read(stand.owner)).rules).toEqual({
      groupsDecide: true,
      createsAccounts: false,
      closesOwnWays: false,
      trustedProofs: ['mfa', 'urn:x:gold'],
    });
    await owner.post(`${PAGE}/rules`, { trustedProofs: '' });
  });

  it('unlinks an account, after which the identity opens nothing by itself', async () => {
    const member = await stand.member({ state: 'invited' });
    stand.idp.person = stand.identity(member);
    expect((await stand.signOn()).location).toBe('/today');
    expect((await owner.get(PAGE)).text).toContain(`/accounts/${member.id}/unlink`);
    expect((await owner.post(`${PAGE}/accounts/${member.id}/unlink`)).location).toBe(`${PAGE}?done=unlinked`);
    expect((await stand.signOn()).location).toBe('/sign-in/single-sign-on/confirm');
    for (const id of [member.id, 'x', '0191d8a4-0000-7000-8000-000000000000'])
      expect((await owner.post(`${PAGE}/accounts/${id}/unlink`)).status).toBe(404);
  });

  it('is for owners with a fresh proof only', async () => {
    const clinician = await signedIn(await stand.member());
    for (const path of [PAGE, `${PAGE}?done=rules`]) expect((await clinician.get(path)).status).toBe(404);
    expect((await clinician.post(`${PAGE}/groups`, { group: 'g', role: 'owner' })).status).toBe(404);
    await stand.write(`UPDATE core.session SET proved_at = proved_at - interval '6 minutes'`, []);
    const stale = await owner.post(`${PAGE}/groups`, { group: 'late', role: 'owner' });
    expect(stale.text).toContain('Confirm it is you');
    expect((await stand.settings.read(stand.owner)).groups.map(({ group }) => group)).not.toContain('late');
  });
});

describe('one’s own page', () => {
  it('does not take the only way in away', async () => {
    const member = await stand.member({ state: 'invited', password: null });
    stand.idp.person = stand.identity(member);
    const visitor = stand.visitor();
    await stand.signOn(visitor);
    await visitor.get('/account/single-sign-on');
    const answer = await visitor.post('/account/single-sign-on/unlink');
    expect([answer.status, answer.text.includes('This is the only way into your account')]).toEqual([409, true]);
    await stand.write(`UPDATE core.account SET password_hash = 'x' WHERE id = $1`, [member.id]);
    expect((await visitor.post('/account/single-sign-on/unlink')).location).toBe(
      '/account/single-sign-on?done=unlinked',
    );
  });
});
