import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccountService, newTotpSecret } from '../../../src/features/access/public.js';
import { systemPrincipal } from '../../../src/platform/access/principal.js';
import { newId } from '../../../src/platform/ids.js';
import { accessApp } from './support/access-app.js';
import { Browser } from './support/browser.js';
import { Cast, minutes, PASSWORD, PROBES, signIn } from './support/cast.js';

let cast: Cast;

beforeAll(async () => {
  cast = new Cast(await accessApp({ controllers: PROBES }));
});
afterAll(async () => {
  await cast.world.close();
});

describe('sessions', () => {
  it('get a new id at sign-in, whatever the browser brought (fixation)', async () => {
    const attacker = await cast.person({ totpSecret: newTotpSecret() });
    await signIn(attacker.browser, attacker.email);
    const planted = attacker.browser.jar.get('sid') ?? '';
    const { email, browser } = await cast.person();
    browser.jar.set('sid', planted);
    expect((await signIn(browser, email)).location).toBe('/today');
    expect(browser.jar.get('sid')).not.toBe(planted);
    expect((await browser.get('/probe/day')).status).toBe(200);
    expect((await attacker.browser.get('/probe/day')).status).toBe(303);
  });

  it('are stored only as a hash', async () => {
    const { email, browser } = await cast.person();
    await signIn(browser, email);
    const id = decodeURIComponent(browser.jar.get('sid') ?? '')
      .slice(2)
      .split('.')[0];
    const dump = JSON.stringify(
      await cast.world.dataSource.query('SELECT *, encode(id_hash, $1) AS hex FROM core.session', ['escape']),
    );
    expect(id.length).toBeGreaterThanOrEqual(43);
    expect(dump).not.toContain(id);
  });

  it('cost one statement per request, and one more at most once a minute', async () => {
    const { email, browser } = await cast.person();
    await signIn(browser, email);
    await browser.get('/probe/day');
    cast.world.statements.length = 0;
    for (let index = 0; index < 5; index++) await browser.get('/probe/day');
    expect(cast.world.statements).toEqual(Array<string>(5).fill('access.session'));
    cast.pass(minutes(1));
    cast.world.statements.length = 0;
    await browser.get('/probe/day');
    await browser.get('/probe/day');
    expect(cast.world.statements).toEqual(['access.session', 'access.session-touch', 'access.session']);
    cast.world.statements.length = 0;
    await cast.browser().get('/probe/open');
    expect(cast.world.statements).toEqual([]);
  });

  it('end for staff after 15 quiet minutes, and polling is no activity', async () => {
    const { email, browser } = await cast.person();
    await signIn(browser, email);
    for (let index = 0; index < 7; index++) {
      cast.pass(minutes(2));
      expect((await browser.get('/probe/poll')).status).toBe(200);
    }
    cast.pass(minutes(1) + 1);
    const answer = await browser.get('/probe/poll');
    expect([answer.status, answer.location]).toEqual([303, '/sign-in?next=%2Fprobe%2Fpoll']);
  });

  it('live on while the person works, and end after twelve hours all the same', async () => {
    const { email, browser } = await cast.person();
    await signIn(browser, email);
    for (let index = 0; index < 72; index++) {
      cast.pass(minutes(10));
      if (index < 71) expect((await browser.get('/probe/day')).status).toBe(200);
    }
    expect((await browser.get('/probe/day')).status).toBe(303);
  });

  it('of clients live 30 quiet minutes', async () => {
    const { email, browser } = await cast.person({ role: 'client' });
    await signIn(browser, email);
    cast.pass(minutes(29));
    expect((await browser.get('/probe/poll')).status).toBe(200);
    cast.pass(minutes(1));
    expect((await browser.get('/probe/poll')).status).toBe(303);
  });

  it('can be listed and ended one by one; other people’s are unknown', async () => {
    const { email, browser } = await cast.person();
    const phone = cast.browser();
    await signIn(browser, email);
    await signIn(phone, email);
    const stranger = await cast.person();
    await signIn(stranger.browser, stranger.email);
    const sessions = (await browser.get('/account')).json.model?.sessions as { ref: string; current: boolean }[];
    expect(sessions).toHaveLength(2);
    const phoneRef = sessions.find((session) => !session.current)?.ref ?? '';
    await stranger.browser.get('/account');
    expect((await stranger.browser.post(`/account/sessions/${phoneRef}/end`)).status).toBe(404);
    expect((await stranger.browser.post('/account/sessions/not-an-id/end')).status).toBe(404);
    expect((await phone.get('/probe/day')).status).toBe(200);
    expect((await browser.post(`/account/sessions/${phoneRef}/end`)).status).toBe(303);
    expect((await phone.get('/probe/day')).status).toBe(303);
    expect((await browser.get('/probe/day')).status).toBe(200);
  });

  it('end at the next request when the account is suspended, and change with the role', async () => {
    const owner = {
      kind: 'user' as const,
      id: newId(),
      role: 'owner' as const,
      permissions: new Set(['staff:manage']),
    };
    const { id, email, browser } = await cast.person();
    await signIn(browser, email);
    await cast.world.app.get(AccountService).changeRole(owner, id, 'biller');
    expect((await browser.get('/probe/day')).status).toBe(404);
    await cast.world.app.get(AccountService).changeRole(owner, id, 'scheduler');
    expect((await browser.get('/probe/day')).status).toBe(200);
    await cast.world.app.get(AccountService).suspend(owner, id);
    expect((await browser.get('/probe/day')).status).toBe(303);
    expect((await signIn(browser, email)).status).toBe(422);
    await cast.world.app.get(AccountService).restore(owner, id);
    expect((await signIn(browser, email)).status).toBe(303);
  });

  it('end with signing out, here and in the browser', async () => {
    const { email, browser } = await cast.person();
    await signIn(browser, email);
    const stolen = new Browser(cast.port);
    for (const [name, value] of browser.jar) stolen.jar.set(name, value);
    await browser.get('/account');
    expect((await browser.post('/sign-out')).location).toBe('/sign-in');
    expect((await stolen.get('/probe/day')).status).toBe(303);
  });

  it('answer 503, not "signed out", while the database is away', async () => {
    const lonely = await accessApp({ controllers: PROBES });
    const lonelyPort = (lonely.app.getHttpServer().address() as { port: number }).port;
    const browser = new Browser(lonelyPort);
    await lonely.app.get(AccountService).create(systemPrincipal('test'), {
      role: 'owner',
      email: 'o@care.example',
      password: PASSWORD,
      personId: null,
      timeZone: 'UTC',
    });
    await signIn(browser, 'o@care.example');
    await lonely.dataSource.destroy();
    expect((await browser.get('/probe/day')).status).toBe(503);
    await lonely.close();
  });
});

describe('the guard', () => {
  it('takes visitors of a page to the sign-in and back, and tells everything else 401', async () => {
    const browser = cast.browser();
    expect((await browser.get('/probe/day?day=2026-11-24')).location).toBe(
      '/sign-in?next=%2Fprobe%2Fday%3Fday%3D2026-11-24',
    );
    expect((await browser.get('/probe/day', { accept: 'application/json' })).status).toBe(401);
    await browser.get('/sign-in');
    expect((await browser.post('/probe/day')).status).toBe(401);
    const fragment = await browser.get('/probe/day', { 'hx-request': 'true' });
    expect([fragment.status, fragment.headers.get('hx-redirect')]).toEqual([401, '/sign-in?next=%2Fprobe%2Fday']);
  });

  it('answers forbidden like unknown, and writes the refusal down', async () => {
    const { email, browser } = await cast.person({ role: 'client' });
    await signIn(browser, email);
    cast.world.audit.length = 0;
    const forbidden = await browser.get('/probe/day');
    const unknown = await browser.get('/probe/there-is-no-such-page');
    expect([forbidden.status, unknown.status]).toEqual([404, 404]);
    expect(forbidden.text).toBe(unknown.text);
    const refused = cast.world.audit.filter(({ entry }) => entry.action === 'route.refuse');
    expect(refused.map(({ who: actor, entry }) => [actor.role, entry.outcome, entry.object])).toEqual([
      ['client', 'refused', 'route:GET ProbeController.day'],
    ]);
  });
});
