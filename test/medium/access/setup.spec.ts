import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SetupService } from '../../../src/features/access/public.js';
import { recoveryKit } from '../../../src/platform/crypto/recovery-kit.js';
import { accessApp, type AccessApp } from './support/access-app.js';
import { Browser } from './support/browser.js';

const FORM = {
  ownerName: 'Noor Hadley',
  email: 'noor@lindenrow.example',
  password: 'seven slow swans at noon',
  practiceName: 'Linden Row Counseling',
  timeZone: 'America/Los_Angeles',
  locationName: 'Main office',
};

let world: AccessApp;
let browser: Browser;
let code: string;

beforeAll(async () => {
  world = await accessApp();
  browser = new Browser((world.app.getHttpServer().address() as { port: number }).port);
  code = world.app.get(SetupService).code;
});
afterAll(async () => {
  await world.close();
});

describe('the first run', () => {
  it('is where the sign-in leads while nobody can sign in', async () => {
    expect((await browser.get('/sign-in')).location).toBe('/setup');
    const page = await browser.get('/setup');
    expect(page.json.html).toContain('Set up your practice');
    expect(await world.app.get(SetupService).invitation('http://care.test')).toContain(
      `http://care.test/setup with the code ${code}`,
    );
  });

  it('needs the code from the console, keeps what was typed and names each fault', async () => {
    const without = await browser.post('/setup', { ...FORM, setupCode: 'AAAA-AAAA-AAAA' });
    expect([without.status, without.json.model?.errors]).toEqual([422, { setupCode: 'access:setup.fault.code' }]);
    expect(without.json.model?.values).toMatchObject({
      ownerName: 'Noor Hadley',
      practiceName: 'Linden Row Counseling',
    });
    expect(without.text).not.toContain(FORM.password);
    const faulty = await browser.post('/setup', {
      setupCode: code,
      ownerName: '',
      email: 'noor',
      timeZone: 'Mars/Base',
      practiceName: '',
      locationName: '',
    });
    expect(Object.keys(faulty.json.model?.errors ?? {}).sort()).toEqual([
      'email',
      'locationName',
      'ownerName',
      'practiceName',
      'timeZone',
    ]);
    const weak = await browser.post('/setup', { ...FORM, setupCode: code, password: 'linden row counseling 1' });
    expect(weak.json.model?.errors).toEqual({ password: 'access:password.fault.context' });
  });

  it('makes practice, owner and session at once, however the code is typed, and exactly once', async () => {
    const typed = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
    const second = new Browser((world.app.getHttpServer().address() as { port: number }).port);
    await second.get('/setup');
    const answers = await Promise.all(
      [browser, second].map((one) => one.post('/setup', { ...FORM, setupCode: typed })),
    );
    expect(answers.filter((answer) => answer.status === 303)).toHaveLength(1);
    expect(answers.find((answer) => answer.status === 303)?.location).toBe('/setup/kit');
    if (answers[0].status !== 303) browser = second;
    const [{ accounts, practices }] = await world.dataSource.query<{ accounts: number; practices: number }[]>(
      'SELECT (SELECT count(*)::int FROM core.account) AS accounts, (SELECT count(*)::int FROM core.practice) AS practices',
    );
    expect([accounts, practices]).toEqual([1, 1]);
  });

  it('is unknown from then on, to everybody', async () => {
    expect((await browser.get('/setup')).status).toBe(404);
    await browser.get('/account');
    expect((await browser.post('/setup', { ...FORM, setupCode: code })).status).toBe(404);
    expect(await world.app.get(SetupService).invitation('http://care.test')).toBeUndefined();
  });

  it('reminds of the recovery kit until its last group is typed back', async () => {
    expect((await browser.get('/admin')).json.html).toContain('Nobody has confirmed the recovery kit.');
    const kit = recoveryKit(world.keys.ring);
    const page = await browser.get('/setup/kit');
    for (const group of kit.groups) expect(page.json.html).toContain(group);
    expect((await browser.post('/setup/kit', { last: kit.groups[0] })).status).toBe(422);
    expect((await browser.post('/setup/kit', { last: kit.checkWord.toLowerCase() })).location).toBe('/admin?done=kit');
    expect((await browser.get('/setup/kit')).status).toBe(404);
    const admin = await browser.get('/admin?done=kit');
    expect(admin.json.html).toContain('The recovery kit is confirmed.');
    expect(admin.json.html).not.toContain('Nobody has confirmed');
    expect(world.audit.map(({ entry }) => entry.action)).toEqual(
      expect.arrayContaining(['practice.create', 'kit.show', 'kit.confirm']),
    );
  });
});
