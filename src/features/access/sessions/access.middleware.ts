import type { INestApplication } from '@nestjs/common';
import { parseCookie } from 'cookie';
import { Router, type NextFunction, type Request, type RequestHandler, type Response } from 'express';
import session from 'express-session';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { Sql } from '../../../platform/database/sql.js';
import { cookieName } from '../../../platform/http/session.js';
import { newSecret } from '../../../platform/ids.js';
import { Work } from '../../../platform/work/work.js';
import { AccountPerson } from '../accounts/account-person.js';
import { KeyDoor } from '../service-keys/key-door.service.js';
import { keyTextOf } from '../service-keys/key-header.js';
import { KnownBrowsers } from './known-browsers.service.js';
import { TOUCH_EVERY } from './session-lifetimes.js';
import { PgSessionStore } from './session-store.js';
import { TOUCH } from './session.queries.js';

/**
 * Resolves the session cookie: sets `request.signedIn`, and `request.principal` when fully signed in. A request with the API key of a
 * program gets that program as `request.principal` instead, and no session. Costs one statement for a request with a cookie or a key
 * and none without. Mount it after assets and health, and after `requestId` and `clientIp` are set.
 *
 * @param options.secure true when people reach the site over https (decides the cookie's name and Secure)
 */
export function accessMiddleware(app: INestApplication, options: { secure: boolean }): RequestHandler {
  const clock = app.get(Clock, { strict: false });
  const sql = app.get(Sql, { strict: false });
  const person = app.get(AccountPerson, { strict: false });
  const work = app.get(Work, { strict: false });
  const cookie = { path: '/', httpOnly: true, sameSite: 'lax', secure: options.secure } as const;

  const sessions = session({
    name: cookieName('sid', options.secure),
    secret: app.get(Vault, { strict: false }).derive('session-cookie').toString('base64url'),
    store: new PgSessionStore(sql, work, person, clock, app.get(KnownBrowsers, { strict: false }), cookie),
    genid: () => newSecret(32),
    cookie,
    resave: false,
    saveUninitialized: false,
  });

  const resolve = (request: Request, _response: Response, next: NextFunction): void => {
    const { living } = request.session;
    if (living) {
      request.signedIn = {
        ref: living.ref,
        accountId: living.account_id,
        stage: living.stage,
        touch: async () => {
          const now = clock.now();
          if (now.getTime() - living.seen_at.getTime() >= TOUCH_EVERY) await sql.rows(TOUCH, [living.idHash, now]);
        },
      };
      if (living.stage === 'full')
        request.principal = person.principal(
          {
            id: living.account_id,
            role: living.role,
            personId: living.person_id,
            timeZone: living.time_zone,
            locale: living.locale,
            namesHidden: living.names_hidden,
            rolePermissions: living.role_permissions,
          },
          { provedAt: living.proved_at, sessionRef: living.ref, ip: request.clientIp, requestId: request.requestId },
        );
    }
    next();
  };

  const cookies = (request: Request, _response: Response, next: NextFunction): void => {
    request.cookies ??= parseCookie(request.headers.cookie ?? '');
    next();
  };

  const people = Router().use(cookies, sessions, resolve);
  const keys = app.get(KeyDoor, { strict: false });

  return (request, response, next) => {
    const text = keyTextOf(request);
    if (text === undefined) {
      people(request, response, next);
      return;
    }
    // A program is who its key says; a cookie that comes along is as if it were not there.
    delete request.headers.cookie;
    request.cookies = {};
    keys.enter(request, response, text).then(() => next(), next);
  };
}
