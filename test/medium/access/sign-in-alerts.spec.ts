import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { accessApp } from './support/access-app.js';
import { Browser } from './support/browser.js';
import { Cast, minutes, signIn } from './support/cast.js';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const SAFARI = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Mobile/15E148 Safari/604.1';
const DAYS = 24 * 60;

describe('news about signing in', () => {
  let cast: Cast;
  beforeAll(async () => {
    cast = new Cast(await accessApp());
  });
  afterAll(async () => {
    await cast.world.close();
  });

  const enter = async (email: string, ip: string, agent = FIREFOX): Promise<void> => {
    const browser = new Browser(cast.port, { 'x-test-ip': ip, 'user-agent': agent });
    expect((await signIn(browser, email)).status).toBe(303);
  };
  const kinds = (account: string): string[] =>
    cast.world.told
      .filter(({ to }) => 'accounts' in to && to.accounts.includes(account))
      .map(({ notice }) => notice.kind);

  it('comes for a new browser and for a new network, not for the first of all and not for a known one', async () => {
    const { id, email } = await cast.person();
    await enter(email, '198.51.100.7');
    await enter(email, '198.51.100.200');
    expect(kinds(id)).toEqual([]);
    await enter(email, '198.51.100.7', SAFARI);
    expect(kinds(id)).toEqual(['sign-in.new-browser']);
    cast.pass(minutes(20));
    await enter(email, '198.51.101.7');
    expect(kinds(id)).toEqual(['sign-in.new-browser', 'sign-in.new-browser']);
    await enter(email, '198.51.101.9');
    expect(kinds(id)).toHaveLength(2);
  });

  it('comes again for a browser that was away for more than 90 days', async () => {
    const { id, email } = await cast.person();
    await enter(email, '198.51.100.7');
    cast.pass(minutes(89 * DAYS));
    await enter(email, '198.51.100.7');
    expect(kinds(id)).toEqual([]);
    cast.pass(minutes(91 * DAYS));
    await enter(email, '198.51.100.7');
    expect(kinds(id)).toEqual(['sign-in.new-browser']);
  });

  it('comes for two networks far apart within ten minutes, of one kind of address', async () => {
    const { id, email } = await cast.person();
    await enter(email, '203.0.113.7');
    cast.pass(minutes(5));
    await enter(email, '2001:db8:1:2::9');
    expect(kinds(id)).toEqual(['sign-in.new-browser']);
    await enter(email, '198.51.100.9');
    expect(kinds(id)).toEqual(['sign-in.new-browser', 'sign-in.new-browser', 'sign-in.two-networks']);
    cast.pass(minutes(14));
    await enter(email, '203.0.113.8');
    expect(kinds(id)).toHaveLength(3);
  });

  it('keeps no address and no name of a browser for it', async () => {
    const rows = JSON.stringify(
      await cast.world.dataSource.query(`SELECT encode(mark, 'escape') AS mark, * FROM core.known_browser`),
    );
    expect(rows).not.toMatch(/198\.51|203\.0|Firefox|Safari/);
  });
});
