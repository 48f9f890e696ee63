import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { parseSetCookie } from 'cookie';
import { AccountService, newTotpSecret } from '../../../src/features/access/public.js';
import { People } from '../../../src/features/people/public.js';
import { PracticeService } from '../../../src/features/practice/public.js';
import { systemPrincipal, type Principal, type Role } from '../../../src/platform/access/principal.js';
import type { AuditEntry } from '../../../src/platform/audit/audit-entry.js';
import { AuditWriter } from '../../../src/platform/audit/audit-writer.js';
import { RouteTable, type Route } from '../../../src/platform/http/route-table.js';
import { Work } from '../../../src/platform/work/work.js';
import { CALLERS, type Caller, type Outcome } from './access-matrix.js';

const ZONE = 'America/Denver';
const PASSWORD = 'quiet river lantern';
/** A request that takes longer is not an answer. */
const DEADLINE_MS = 10_000;

interface Session {
  readonly jar: Map<string, string>;
  token: string;
}

/** The running application as the ten callers see it. */
export class MatrixWorld {
  private readonly sessions = new Map<Caller, Session>();
  private guardRefused = false;

  private constructor(
    private readonly app: INestApplication,
    private readonly url: string,
  ) {}

  /** Makes one account per role in the application, signs each in over HTTP, and one more half. */
  static async of(app: INestApplication, url: string): Promise<MatrixWorld> {
    // A slow machine must not find that an idle connection was closed just as it writes to it.
    (app.getHttpServer() as Server).keepAliveTimeout = 120_000;
    const world = new MatrixWorld(app, url);
    world.watchTheGuard();
    await app.get(PracticeService, { strict: false }).create(systemPrincipal('matrix'), {
      name: 'Linden Row',
      timeZone: ZONE,
      location: { name: 'Main office', timeZone: ZONE },
    });
    const accounts = new Map<Caller, string>();
    for (const caller of CALLERS) if (caller !== 'anonymous') accounts.set(caller, await world.account(caller));
    for (const caller of CALLERS) await world.enter(caller, accounts.get(caller));
    return world;
  }

  routes(): Route[] {
    return this.app.get(RouteTable, { strict: false }).routes();
  }

  /** Sends the route's request as this caller: no query, an empty form, ids that do not exist. */
  async ask(route: Route, caller: Caller): Promise<Outcome> {
    const session = this.sessions.get(caller);
    if (!session) throw new Error(`no session for ${caller}`);
    this.guardRefused = false;
    const answer = await this.send(route.method, concrete(route.path), session, true);
    return this.classify(answer);
  }

  private classify(answer: { status: number; location: string | null }): Outcome {
    const { status, location } = answer;
    if (status === 303 && location === '/sign-in/code') return 'code';
    if (status === 303 && location?.startsWith('/sign-in?next=')) return 'sign-in';
    if (status === 401) return '401';
    if (status === 404) return this.guardRefused ? 'hidden' : 'unknown';
    if (status >= 500) return 'broken';
    if (status >= 400) return 'refused';
    return status >= 300 ? 'onwards' : 'ok';
  }

  /** Forbidden and unknown look alike from outside, as they must; the guard's own audit row tells them apart. */
  private watchTheGuard(): void {
    const writer = this.app.get(AuditWriter, { strict: false });
    const record = writer.record.bind(writer);
    writer.record = (who: Principal, entry: AuditEntry) => {
      if (entry.action === 'route.refuse') this.guardRefused = true;
      return record(who, entry);
    };
  }

  /** Returns the address to sign in with. */
  private async account(caller: Exclude<Caller, 'anonymous'>): Promise<string> {
    const role: Role = caller === 'half' ? 'clinician' : caller;
    const email = `${caller}-${randomBytes(4).toString('hex')}@matrix.example`;
    await this.app.get(AccountService, { strict: false }).create(systemPrincipal('matrix'), {
      role,
      email,
      password: PASSWORD,
      personId: await this.person(role, caller),
      timeZone: ZONE,
      totpSecret: caller === 'half' ? newTotpSecret() : undefined,
    });
    return email;
  }

  private async enter(caller: Caller, email: string | undefined): Promise<void> {
    const session: Session = { jar: new Map(), token: '' };
    this.sessions.set(caller, session);
    await this.send('GET', '/sign-in', session, false);
    if (email === undefined) return;
    const signedIn = await this.send('POST', '/sign-in', session, false, { email, password: PASSWORD });
    if (signedIn.status !== 303) throw new Error(`${caller} could not sign in: ${signedIn.status}`);
    await this.send('GET', caller === 'half' ? '/sign-in/code' : '/account', session, false);
  }

  private async person(role: Role, caller: Caller): Promise<string> {
    const people = this.app.get(People, { strict: false });
    const input = { legalName: `Matrix ${caller}`, timeZone: ZONE };
    return this.app.get(Work, { strict: false }).run(systemPrincipal('matrix'), async (tx) => {
      if (role === 'client') return people.createClientInside(tx, input);
      if (role === 'guardian') return people.createPersonInside(tx, input);
      if (role === 'clinician' || role === 'supervisor') return people.createClinicianInside(tx, input);
      return people.createStaffInside(tx, input);
    });
  }

  private async send(
    method: string,
    path: string,
    session: Session,
    frozen: boolean,
    fields: Record<string, string> = {},
  ): Promise<{ status: number; location: string | null }> {
    const reads = method === 'GET' || method === 'HEAD';
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(DEADLINE_MS),
      body: reads ? undefined : new URLSearchParams({ _csrf: session.token, ...fields }).toString(),
      headers: {
        accept: 'text/html',
        origin: this.url,
        cookie: [...session.jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(reads ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    });
    const facts = { status: response.status, location: response.headers.get('location') };
    if (frozen) {
      // A live stream never ends, and a cell must not change what the next one is asked with.
      await response.body?.cancel();
      return facts;
    }
    for (const line of response.headers.getSetCookie()) {
      const cookie = parseSetCookie(line, { decode: (text) => text });
      if (cookie.value) session.jar.set(cookie.name, cookie.value);
    }
    session.token = tokenIn(await response.text()) ?? session.token;
    return facts;
  }
}

const tokenIn = (html: string): string | undefined => /name=\\?"_csrf\\?" value=\\?"([^"\\]+)/.exec(html)?.[1];

/** Ids that are well-formed and belong to nothing; other parameters get a word. */
export const concrete = (path: string): string =>
  path
    .split('/')
    .map((part) => {
      if (!part.startsWith(':') && !part.startsWith('*')) return part;
      return /id$|ref$/i.test(part) ? '01990000-dead-7000-8000-000000000000' : 'nothing-is-called-this';
    })
    .join('/');
