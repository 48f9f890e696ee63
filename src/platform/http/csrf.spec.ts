import { describe, expect, it } from '@jest/globals';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import request from 'supertest';
import { DomainError } from '../errors/domain-error.js';
import { createCsrf } from './csrf.js';

const SITE = 'http://care.test';
const ATTACKER = 'http://evil.test';

/** A site with one form. The header `x-test-session` stands for the session of the request. */
function site(): Express {
  const csrf = createCsrf({
    secret: Buffer.alloc(32, 7),
    baseUrl: SITE,
    exempt: (incoming) => incoming.path === '/hook',
  });
  const app = express();
  app.use((incoming: Request, _: Response, next: NextFunction) => {
    const ref = incoming.get('x-test-session');
    if (ref) incoming.signedIn = { ref, accountId: 'a', stage: 'full', touch: () => Promise.resolve() };
    next();
  });
  app.use(express.urlencoded({ extended: false }), express.json(), express.text());
  app.use(csrf.middleware);
  app.get('/form', (incoming, response) => void response.send(csrf.token(incoming, response)));
  app.post(['/act', '/hook'], (_, response) => void response.send('done'));
  app.use((error: unknown, _: Request, response: Response, next: NextFunction) => {
    if (error instanceof DomainError) response.status(403).send(error.code);
    else next(error);
  });
  return app;
}

async function formOf(app: Express, session?: string): Promise<{ token: string; cookie: string }> {
  const answer = await request(app)
    .get('/form')
    .set(session ? { 'x-test-session': session } : {});
  return { token: answer.text, cookie: (answer.get('Set-Cookie') ?? [''])[0].split(';')[0] };
}

const post = (app: Express, headers: Record<string, string>, body: Record<string, string>, path = '/act') =>
  request(app)
    .post(path)
    .type('form')
    .set({ Host: 'care.test', ...headers })
    .send(body);

describe('createCsrf', () => {
  it('lets the own form through, signed in or not', async () => {
    const app = site();
    for (const session of [undefined, 's1']) {
      const { token, cookie } = await formOf(app, session);
      const headers = {
        Cookie: cookie,
        Origin: SITE,
        'Sec-Fetch-Site': 'same-origin',
        ...(session && { 'x-test-session': session }),
      };
      await post(app, headers, { _csrf: token }).expect(200);
    }
  });

  it('takes the form of a page that forbids referrers, whose browser says no origin', async () => {
    const app = site();
    const { token, cookie } = await formOf(app);
    await post(app, { Cookie: cookie, Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }, { _csrf: token }).expect(200);
  });

  it('takes the token as a header for JSON', async () => {
    const app = site();
    const { token, cookie } = await formOf(app, 's1');
    const headers = { Host: 'care.test', Cookie: cookie, 'x-csrf-token': token, 'x-test-session': 's1' };
    await request(app).post('/act').set(headers).send({ a: 1 }).expect(200);
  });

  it.each([
    ['no token', { Origin: SITE }, {}],
    ['another site says the browser', { Origin: SITE, 'Sec-Fetch-Site': 'cross-site' }, 'token'],
    ['a sister site', { 'Sec-Fetch-Site': 'same-site' }, 'token'],
    ['a foreign origin', { Origin: ATTACKER }, 'token'],
    ['an opaque origin of another site', { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }, 'token'],
    ['an opaque origin without a token', { Origin: 'null', 'Sec-Fetch-Site': 'same-origin' }, {}],
    ['an origin that begins like ours', { Origin: `${SITE}.evil.test` }, 'token'],
    ['a text body', { Origin: SITE, 'Content-Type': 'text/plain' }, 'token'],
    ['an xml body', { Origin: SITE, 'Content-Type': 'application/xml' }, 'token'],
    ['a token of another session', { Origin: SITE, 'x-test-session': 's2' }, 'token'],
    ['an anonymous token after signing out', { Origin: SITE, 'x-test-session': '' }, 'token'],
  ])('refuses %s', async (_, headers, body) => {
    const app = site();
    const { token, cookie } = await formOf(app, 's1');
    const sent = { Cookie: cookie, 'x-test-session': 's1', ...headers };
    const fields: Record<string, string> = body === 'token' ? { _csrf: token } : {};
    const call = post(app, sent, fields);
    const answer = await (String(headers['Content-Type' as keyof typeof headers] ?? '').includes('/')
      ? request(app)
          .post('/act')
          .set({ Host: 'care.test', ...sent, 'x-csrf-token': token })
          .send('_csrf=' + token)
      : call);
    expect(answer.status).toBe(403);
    expect(answer.text).toBe('request-refused');
  });

  it('refuses a token without its cookie, with another cookie, and as a list', async () => {
    const app = site();
    const { token, cookie } = await formOf(app);
    const other = await formOf(app);
    await post(app, { Origin: SITE }, { _csrf: token }).expect(403);
    await post(app, { Origin: SITE, Cookie: other.cookie }, { _csrf: token }).expect(403);
    await request(app)
      .post('/act')
      .set({ Host: 'care.test', Cookie: cookie })
      .type('form')
      .send(`_csrf=${token}&_csrf=${token}`)
      .expect(403);
    await request(app)
      .post('/act')
      .set({ Host: 'care.test', Cookie: cookie })
      .send({ _csrf: { toString: token } })
      .expect(403);
  });

  it('gives one token per response and reuses a good cookie', async () => {
    const app = site();
    const first = await formOf(app, 's1');
    const again = await request(app).get('/form').set({ Cookie: first.cookie, 'x-test-session': 's1' });
    expect(again.text).toBe(first.token);
    const afterSignIn = await request(app).get('/form').set({ Cookie: first.cookie, 'x-test-session': 's2' });
    expect(afterSignIn.text).not.toBe(first.token);
  });

  it('leaves webhooks and reading alone', async () => {
    const app = site();
    await request(app).post('/hook').set('Origin', ATTACKER).send({}).expect(200);
    await request(app).get('/form').set('Origin', ATTACKER).expect(200);
  });
});
