import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { SignOnProvider } from '../../../src/features/access/single-sign-on/sign-on-provider.js';
import type { WebAnswer } from '../../support/web-visitor.js';
import { PASSWORD, SignOnStand, type Member } from './support/sign-on-stand.js';

let stand: SignOnStand;
beforeAll(async () => void (stand = await SignOnStand.open()), 60_000);
afterAll(() => stand.close());
afterEach(async () => {
  stand.idp.forge = undefined;
  stand.idp.trouble = 'none';
  await stand.rules({});
  for (const { group } of (await stand.settings.read(stand.owner)).groups)
    await stand.settings.unmapGroup(stand.owner, group);
});

const where = ({ status, location }: WebAnswer): unknown[] => [status, location];
const roleOf = async (member: Member): Promise<string> =>
  (await stand.rows<{ role: string }>(`SELECT role FROM core.account WHERE id = $1`, [member.id]))[0].role;
const reasons = async (): Promise<string[]> =>
  (
    await stand.rows<{ reason: string }>(
      `SELECT reason FROM core.audit_event WHERE action = 'session.refuse' ORDER BY seq`,
    )
  ).map(({ reason }) => reason);

/** Somebody who has come in by the provider before. */
async function linked(wish: Parameters<SignOnStand['member']>[0] = {}): Promise<Member> {
  const member = await stand.member({ ...wish, state: 'invited' });
  stand.idp.person = stand.identity(member);
  expect((await stand.signOn()).status).toBe(303);
  return member;
}

describe('the way to the provider', () => {
  it('is a page and no redirect of the form, with code, PKCE, state and nonce', async () => {
    const visitor = stand.visitor();
    expect((await visitor.get('/sign-in')).text).toContain('Sign in with Practice ID');
    const leaving = await visitor.post('/sign-in/single-sign-on', { next: '/clients' });
    expect([leaving.status, leaving.location]).toEqual([200, null]);
    expect(leaving.headers.get('content-security-policy')).toContain("form-action 'self';");
    const address = new URL((leaving.headers.get('refresh') ?? '').slice('0; url='.length));
    expect(address.origin).toBe(stand.idp.issuer);
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      redirect_uri: 'http://care.test/sign-in/single-sign-on/callback',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) expect(address.searchParams.get(name)).toHaveLength(43);
    expect([...visitor.jar.values()].join()).not.toContain(address.searchParams.get('state') ?? '-');
  });

  it('needs the form token', async () => {
    expect((await stand.visitor().post('/sign-in/single-sign-on')).status).toBe(403);
  });
});

describe('who comes in', () => {
  it('an invited person at once, and by the same identity from then on, whatever their address is then', async () => {
    const member = await stand.member({ state: 'invited', password: null });
    stand.idp.person = stand.identity(member);
    const visitor = stand.visitor();
    expect(where(await stand.signOn(visitor, '/clients?x=1'))).toEqual([303, '/clients?x=1']);
    expect((await visitor.get('/account')).status).toBe(200);
    stand.idp.person = { sub: `sub-${member.id}`, email: 'other@else.example', email_verified: true };
    expect(where(await stand.signOn())).toEqual([303, '/today']);
    const [session] = await stand.rows(`SELECT DISTINCT method, stage FROM core.session WHERE account_id = $1`, [
      member.id,
    ]);
    expect(session).toEqual({ method: 'single-sign-on', stage: 'full' });
  });

  it('somebody with an account after their word for it, given once while signed in', async () => {
    const member = await stand.member();
    stand.idp.person = stand.identity(member);
    const visitor = stand.visitor();
    expect(where(await stand.signOn(visitor, '/clients'))).toEqual([303, '/sign-in/single-sign-on/confirm']);
    expect((await visitor.get('/sign-in/single-sign-on/confirm')).text).toContain(
      'next&#x3D;%2Faccount%2Fsingle-sign-on',
    );
    expect((await visitor.get('/account')).status).toBe(303);
    await visitor.get('/sign-in?next=/account/single-sign-on');
    const signedIn = await visitor.post('/sign-in', {
      email: member.email,
      password: PASSWORD,
      next: '/account/single-sign-on',
    });
    expect(signedIn.location).toBe('/account/single-sign-on');
    expect((await visitor.get('/account/single-sign-on')).text).toContain('Yes, use it for this account');
    expect(where(await visitor.post('/account/single-sign-on/link'))).toEqual([303, '/clients']);
    expect(where(await stand.signOn())).toEqual([303, '/today']);
  });

  it('nobody by the word of another account', async () => {
    const [victim, other] = [await stand.member(), await stand.member()];
    stand.idp.person = stand.identity(victim);
    const visitor = stand.visitor();
    await stand.signOn(visitor);
    await visitor.get('/sign-in');
    await visitor.post('/sign-in', { email: other.email, password: PASSWORD });
    expect((await visitor.get('/account/single-sign-on')).text).not.toContain('Yes, use it');
    await visitor.get('/account');
    expect((await visitor.post('/account/single-sign-on/link')).status).toBe(404);
  });

  it('asks for our own second step unless the provider says it asked for two', async () => {
    const member = await linked();
    await stand.rules({ trustedProofs: ['mfa'] });
    await stand.write(`UPDATE core.account SET totp_enc = '\\x00' WHERE id = $1`, [member.id]);
    expect(where(await stand.signOn())).toEqual([303, '/sign-in/code']);
    stand.idp.person = stand.identity(member, { amr: ['pwd', 'mfa'] });
    expect(where(await stand.signOn())).toEqual([303, '/today']);
  });

  it('refuses the others with one page, whatever the reason', async () => {
    const member = await stand.member({ state: 'suspended' });
    const gone = await linked();
    await stand.write(`UPDATE core.account SET state = 'suspended' WHERE id = $1`, [gone.id]);
    const client = await stand.member({ role: 'client' });
    const guardian = await stand.member({ role: 'guardian', state: 'invited' });
    const known = await stand.member();
    const people = [
      stand.identity(member),
      stand.identity(gone),
      stand.identity(client),
      stand.identity(guardian),
      stand.identity(known, { email_verified: false }),
      { sub: 'stranger', email: 'stranger@else.example', email_verified: true, name: 'Some One' },
      { sub: 'no-address' },
    ];
    const pages = [];
    for (const person of people) {
      stand.idp.person = person;
      const answer = await stand.signOn();
      pages.push(`${answer.status} ${answer.location} ${anonymous(answer.text)}`);
    }
    expect(pages[0]).toMatch(/^403 null .*did not let you in/s);
    expect(new Set(pages).size).toBe(1);
    const said = (await reasons()).slice(-people.length).map((reason) => reason.replace('single sign-on: ', ''));
    expect(said).toEqual(['state', 'state', 'not-staff', 'not-staff', 'unknown', 'unknown', 'unknown']);
  });

  it('keeps to this site when it goes on', async () => {
    await linked();
    for (const next of [
      '//evil.example',
      'https://evil.example',
      '/\\evil.example',
      '/sign-in/single-sign-on',
      'javascript:1',
    ])
      expect(where(await stand.signOn(undefined, next))).toEqual([303, '/today']);
  });
});

describe('groups', () => {
  it('give the role at each sign-in, and a removed group keeps people out where groups decide', async () => {
    const member = await linked({ role: 'biller' });
    await stand.settings.mapGroup(stand.owner, 'desk', 'scheduler');
    await stand.settings.mapGroup(stand.owner, 'care', 'clinician');
    stand.idp.person = stand.identity(member, { groups: ['desk', 'care', 'x'] });
    await stand.signOn();
    expect(await roleOf(member)).toBe('clinician');
    stand.idp.person = stand.identity(member, { groups: ['desk'] });
    await stand.signOn();
    expect(await roleOf(member)).toBe('scheduler');
    await stand.rules({ groupsDecide: true });
    stand.idp.person = stand.identity(member, { groups: [] });
    expect((await stand.signOn()).status).toBe(403);
    expect(await roleOf(member)).toBe('scheduler');
    const [row] = await stand.rows<{ told: number }>(
      `SELECT count(*)::int AS told FROM core.notice WHERE account_id = $1 AND kind = 'sign-on.own-role'`,
      [member.id],
    );
    expect(row.told).toBe(2);
  });

  it('never take the last owner away, and make owners only by a group that says so', async () => {
    await stand.settings.mapGroup(stand.owner, 'desk', 'scheduler');
    await stand.settings.mapGroup(stand.owner, 'heads', 'owner');
    const second = await linked({ role: 'clinician' });
    stand.idp.person = stand.identity(second, { groups: ['heads'] });
    await stand.signOn();
    expect(await roleOf(second)).toBe('owner');
    await stand.write(`UPDATE core.account SET state = 'suspended' WHERE role = 'owner' AND id <> $1`, [second.id]);
    try {
      stand.idp.person = stand.identity(second, { groups: ['desk'] });
      expect((await stand.signOn()).status).toBe(303);
      expect(await roleOf(second)).toBe('owner');
    } finally {
      await stand.write(`UPDATE core.account SET state = 'active' WHERE role = 'owner'`, []);
    }
    await stand.signOn();
    expect(await roleOf(second)).toBe('scheduler');
  });

  it('make accounts only where owners turned that on', async () => {
    await stand.settings.mapGroup(stand.owner, 'desk', 'scheduler');
    const sub = 'newcomer';
    const email = 'newcomer@care.example';
    stand.idp.person = { sub, email, email_verified: true, name: 'Ada New', groups: ['desk'] };
    expect((await stand.signOn()).status).toBe(403);
    await stand.rules({ createsAccounts: true });
    expect((await stand.signOn()).status).toBe(303);
    expect((await stand.signOn()).status).toBe(303);
    const { linked: accounts } = await stand.settings.read(stand.owner);
    expect(accounts.filter(({ name }) => name === 'Ada New')).toMatchObject([{ role: 'scheduler' }]);
    stand.idp.person = { sub: 'two', email: 'two@care.example', email_verified: true, name: 'No Group' };
    expect((await stand.signOn()).status).toBe(403);
  });
});

describe('other ways in', () => {
  it('are closed for linked staff where owners want it so, and never for owners', async () => {
    const [member, owner] = [await linked(), await linked({ role: 'owner' })];
    const withPassword = async (email: string): Promise<number> => {
      const visitor = stand.visitor();
      await visitor.get('/sign-in');
      return (await visitor.post('/sign-in', { email, password: PASSWORD })).status;
    };
    expect(await withPassword(member.email)).toBe(303);
    await stand.rules({ closesOwnWays: true });
    expect(await withPassword(member.email)).toBe(422);
    expect(await withPassword(owner.email)).toBe(303);
    expect(await withPassword((await stand.member()).email)).toBe(303);
  });

  it('proves again who it is by asking the provider anew', async () => {
    const member = await linked();
    const visitor = stand.visitor();
    await stand.signOn(visitor);
    await stand.write(`UPDATE core.session SET proved_at = proved_at - interval '1 hour' WHERE account_id = $1`, [
      member.id,
    ]);
    await visitor.get('/account');
    const stale = await visitor.post('/account/single-sign-on/unlink');
    expect(stale.status).not.toBe(404);
    expect(stale.text).toContain('/account/single-sign-on/again?next');
    const back = await stand.throughProvider(await visitor.get('/account/single-sign-on/again?next=/clients'));
    expect(Object.fromEntries(stand.idp.asked)).toMatchObject({ prompt: 'login', max_age: '0' });
    expect(where(await visitor.get(back))).toEqual([303, '/clients']);
    const [{ fresh }] = await stand.rows<{ fresh: boolean }>(
      `SELECT max(proved_at) > now() - interval '1 minute' AS fresh FROM core.session WHERE account_id = $1`,
      [member.id],
    );
    expect(fresh).toBe(true);
  });

  it('does not take an old sign-in at the provider, or somebody else’s, for a proof', async () => {
    const [member, other] = [await linked(), await linked()];
    const visitor = stand.visitor();
    stand.idp.person = stand.identity(member);
    await stand.signOn(visitor);
    stand.idp.person = stand.identity(other);
    const asOther = await stand.throughProvider(await visitor.get('/account/single-sign-on/again'));
    expect((await visitor.get(asOther)).status).toBe(403);
    stand.idp.person = stand.identity(member);
    stand.idp.forge = ({ header, claims }) => ({
      header,
      claims: { ...claims, auth_time: Number(claims.auth_time) - 120 },
    });
    const asBefore = await stand.throughProvider(await visitor.get('/account/single-sign-on/again'));
    expect((await visitor.get(asBefore)).status).toBe(403);
    expect((await reasons()).slice(-2)).toEqual(['single sign-on: person', 'single sign-on: stale']);
  });
});

describe('a provider that fails', () => {
  const forget = (): unknown =>
    Object.assign(stand.booted.app.get(SignOnProvider, { strict: false }), { known: undefined });
  afterEach(() => void forget());

  it.each(['garbage', 'slow', 'huge', 'other-issuer'] as const)(
    '(%s) leaves the sign-in page as it is and says so calmly',
    async (trouble) => {
      forget();
      stand.idp.trouble = trouble;
      const visitor = stand.visitor();
      expect((await visitor.get('/sign-in')).status).toBe(200);
      const began = performance.now();
      const answer = await visitor.post('/sign-in/single-sign-on');
      expect(answer.status).toBe(503);
      expect(answer.text).toContain('cannot reach Practice ID');
      expect(performance.now() - began).toBeLessThan(7_000);
      // The failure is remembered for a moment: the next click does not wait.
      const again = performance.now();
      expect((await visitor.post('/sign-in/single-sign-on')).status).toBe(503);
      expect(performance.now() - again).toBeLessThan(1_500);
    },
    20_000,
  );

  it.each(['garbage', 'slow', 'huge'] as const)(
    '(%s) on the way back lets nobody in',
    async (trouble) => {
      await linked();
      const visitor = stand.visitor();
      const callback = await stand.toCallback(visitor);
      stand.idp.trouble = trouble;
      const answer = await visitor.get(callback);
      expect([403, 503]).toContain(answer.status);
      expect((await visitor.get('/account')).status).toBe(303);
    },
    20_000,
  );
});

/** The page without what differs in every answer. */
const anonymous = (text: string): string =>
  text.replaceAll(/nonce="[^"]*"|value="[^"]*"|[0-9a-f]{32}|datetime="[^"]*"/g, '');
