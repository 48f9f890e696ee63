import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bootApp, type BootedApp } from '../../support/app.js';
import { HttpPerson } from '../../support/http-person.js';
import { faultsOfResponse, isOwnPath } from '../../support/response-lint.js';
import { SmallPractice } from '../../support/small-practice.js';
import { filled, routesOf } from './support/routes.js';

const GOOD = {
  'content-security-policy':
    "default-src 'none'; script-src 'self' 'nonce-AAAAAAAAAAAAAAAAAAAAAA'; style-src 'self'; object-src 'none'; base-uri 'none'; " +
    "frame-ancestors 'none'; form-action 'self'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'geolocation=()',
  'strict-transport-security': 'max-age=63072000',
  'cache-control': 'no-store',
  'content-type': 'text/html; charset=utf-8',
  'set-cookie': ['__Host-sid=abc; Path=/; HttpOnly; Secure; SameSite=Lax'],
};

describe('the lint of answers', () => {
  const faults = (change: Record<string, string | string[] | undefined>) =>
    faultsOfResponse(
      { method: 'GET', target: '/today', status: 200, headers: { ...GOOD, ...change } },
      { secure: true },
    );

  it('passes a good one', () => expect(faults({})).toEqual([]));

  it.each(Object.keys(GOOD).filter((name) => name !== 'set-cookie' && name !== 'content-type'))(
    'notices a missing %s (planted fault)',
    (name) => expect(faults({ [name]: undefined }).length).toBeGreaterThan(0),
  );

  it.each([
    [{ 'content-security-policy': `${GOOD['content-security-policy']}; img-src *` }],
    [
      {
        'content-security-policy': GOOD['content-security-policy'].replace(
          "'self' 'nonce",
          "'self' 'unsafe-inline' 'nonce",
        ),
      },
    ],
    [{ 'x-powered-by': 'Express' }],
    [{ server: 'alcove/1' }],
    [{ 'access-control-allow-origin': '*' }],
    [{ 'cache-control': 'private' }],
    [{ 'set-cookie': ['sid=abc; Path=/; HttpOnly; Secure; SameSite=Lax'] }],
    [{ 'set-cookie': ['__Host-sid=abc; Path=/; Secure; SameSite=Lax'] }],
    [{ 'set-cookie': ['__Host-sid=abc; Path=/; HttpOnly; SameSite=Lax'] }],
    [{ 'set-cookie': ['__Host-sid=abc; Path=/; HttpOnly; Secure'] }],
    [{ 'set-cookie': ['__Host-sid=abc; Path=/; HttpOnly; Secure; SameSite=Lax; Domain=care.example'] }],
    [{ location: 'https://elsewhere.example' }],
    [{ location: '//elsewhere.example' }],
    [{ location: '/\\elsewhere.example' }],
    [{ 'content-type': 'text/html' }],
  ])('notices %j (planted fault)', (change) =>
    expect(faults(change as Record<string, string>).length).toBeGreaterThan(0),
  );

  it.each(['/today', '/sign-in?next=%2Ftoday', '/j/abc#x'])('takes %s for a path of this site', (location) =>
    expect(isOwnPath(location)).toBe(true),
  );
});

describe.each([
  ['http', {}],
  ['https', { ALCOVE_BASE_URL: 'https://care.example.org', ALCOVE_TRUSTED_PROXIES: '1' }],
])('every answer over %s', (_, env) => {
  let booted: BootedApp;
  let local: string;
  let people: HttpPerson[];

  beforeAll(async () => {
    booted = await bootApp({ env });
    local = `http://127.0.0.1:${(booted.app.getHttpServer().address() as AddressInfo).port}`;
    const practice = await SmallPractice.of(booted);
    const clinician = await practice.add('clinician');
    const client = await practice.add('client', { clinicianId: clinician.personId ?? '' });
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '127.0.0.1', host: new URL(booted.url).host };
    people = [new HttpPerson(local, headers)];
    for (const who of [practice.owner, clinician, client]) people.push(await practice.browser(who, local, headers));
  }, 60_000);
  afterAll(async () => {
    await booted?.close();
  });

  it('has the right head: pages, forms, redirects, refusals, files', async () => {
    for (const person of people)
      for (const { method, path } of routesOf(booted))
        await person.send(method, filled(path), {
          frozen: true,
          ...(method === 'GET' ? {} : { fields: {} }),
        });
    const [stranger] = people;
    for (const [method, path, body] of [
      ['GET', '/no/such/page', undefined],
      ['GET', '/assets/nothing.js', undefined],
      ['GET', '/assets/../package.json', undefined],
      ['GET', '/%', undefined],
      ['GET', '/health/live', undefined],
      ['GET', '/health/ready', undefined],
      ['POST', '/sign-in', '{'],
      ['PUT', '/sign-in', ''],
      ['DELETE', '/clients', ''],
      ['OPTIONS', '/sign-in', undefined],
    ] as const)
      await stranger.send(method, path, {
        frozen: true,
        ...(body === undefined ? {} : { body, headers: { 'content-type': 'application/json' } }),
      });
    const { text } = await stranger.get('/sign-in', { frozen: true });
    const files = Array.from(text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g), ([, file]) => file);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) expect((await stranger.get(file, { frozen: true })).status).toBe(200);
    expect(booted.lint.seen).toBeGreaterThan(people.length * routesOf(booted).length);
    expect([...booted.lint.faults]).toEqual([]);
  }, 120_000);
});
