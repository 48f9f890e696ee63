import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sameSitePath } from '../../../src/platform/http/session-redirect.js';
import { scale } from '../../scale.js';
import { bootApp, type BootedApp } from '../../support/app.js';
import { HttpPerson } from '../../support/http-person.js';
import { isOwnPath } from '../../support/response-lint.js';
import { PASSWORD, SmallPractice, type Somebody } from '../../support/small-practice.js';
import { hostilePaths } from './support/hostile-paths.js';
import { filled, isStream, routesOf } from './support/routes.js';

/** Names under which pages carry the way on. */
const NAMES = ['next', 'back', 'to', 'from', 'return', 'returnTo', 'redirect', 'url', 'continue'];
const STRINGS = hostilePaths();

describe('the way on after a form or a sign-in', () => {
  let booted: BootedApp;
  let practice: SmallPractice;
  let owner: HttpPerson;
  let clinician: Somebody;

  beforeAll(async () => {
    booted = await bootApp();
    practice = await SmallPractice.of(booted);
    owner = await practice.browser(practice.owner);
    clinician = await practice.add('clinician');
  }, 60_000);
  afterAll(async () => {
    await booted?.close();
  });

  /** Where an answer sends the browser, or the paths its page would carry on; only faults. */
  const astray = ({ location, text }: { location: string | null; text: string }, wanted: string): string[] => {
    const faults = location !== null && !isOwnPath(location) ? [location] : [];
    // What was refused must not be carried along in a link or a hidden field either.
    for (const [, name, value] of text.matchAll(/\b(href|action|name="next" value)="([^"]*)"/g)) {
      const link = value.replaceAll('&#x3D;', '=').replaceAll('&amp;', '&').replaceAll('&#x2F;', '/');
      if (/evil|script:/i.test(link) && wanted.length > 2 && !isOwnPath(link)) faults.push(`${name} ${link}`);
    }
    return faults;
  };

  it('is tried in more than 300 spellings, none of which is taken for a way on', () => {
    expect(STRINGS.length).toBeGreaterThanOrEqual(300);
    expect(STRINGS.map(sameSitePath).filter((path) => path !== undefined && !isOwnPath(path))).toEqual([]);
  });

  it('never leads off this site from the sign-in, for those outside and those inside', async () => {
    const outside = new HttpPerson(booted.url);
    await outside.get('/sign-in');
    const faults: string[] = [];
    for (const wanted of STRINGS.filter((_, index) => index % scale.redirectStep === 0)) {
      const query = `/sign-in?next=${encodeURIComponent(wanted).replaceAll('%00', '%2500')}`;
      faults.push(...astray(await outside.get(query, { frozen: true }), wanted));
      faults.push(...astray(await owner.get(query, { frozen: true }), wanted));
      faults.push(...astray(await owner.get(query.replace('/sign-in', '/account/again'), { frozen: true }), wanted));
      faults.push(...astray(await owner.post('/names', { hidden: 'no', back: wanted }, { frozen: true }), wanted));
    }
    expect(faults).toEqual([]);
  }, 120_000);

  it('never leads off this site after a right password', async () => {
    const faults: string[] = [];
    // Signing in costs a slow hash each: every ninth spelling, in turn over all kinds.
    for (const wanted of STRINGS.filter((_, index) => index % 9 === 0)) {
      const person = new HttpPerson(booted.url);
      await person.get('/sign-in');
      const answer = await person.post('/sign-in', { email: clinician.email, password: PASSWORD, next: wanted });
      expect(answer.status).toBe(303);
      faults.push(...astray(answer, wanted));
    }
    expect(faults).toEqual([]);
  }, 120_000);

  it('never leads off this site from any route, whatever name carries it', async () => {
    const faults: string[] = [];
    const few = [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/%2fevil.example',
      'javascript:alert(1)',
    ];
    for (const { method, path } of routesOf(booted).filter((route) => !isStream(route.path)))
      for (const wanted of few) {
        const fields = Object.fromEntries(NAMES.map((name) => [name, wanted]));
        const target = filled(path);
        const answer =
          method === 'GET'
            ? await owner.get(`${target}?${new URLSearchParams(fields)}`, { frozen: true })
            : await owner.send(method, target, { fields, frozen: true });
        faults.push(...astray(answer, wanted).map((fault) => `${method} ${path}: ${fault}`));
      }
    expect(faults).toEqual([]);
  }, 120_000);

  it('would be noticed (planted fault)', () => {
    expect(astray({ location: '//evil.example', text: '' }, '//evil.example')).toHaveLength(1);
    expect(astray({ location: null, text: '<a href="//evil.example">' }, '//evil.example')).toHaveLength(1);
  });
});
