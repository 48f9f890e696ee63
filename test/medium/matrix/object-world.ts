import type { INestApplication } from '@nestjs/common';
import { parseSetCookie } from 'cookie';
import { DataSource } from 'typeorm';
import { AccountService } from '../../../src/features/access/public.js';
import { People } from '../../../src/features/people/public.js';
import { PracticeService } from '../../../src/features/practice/public.js';
import { Booking } from '../../../src/features/scheduling/booking.service.js';
import { systemPrincipal, type Role } from '../../../src/platform/access/principal.js';
import { Clock } from '../../../src/platform/clock.js';
import { Vault } from '../../../src/platform/crypto/vault.js';
import { Directory } from '../../../src/platform/directory/directory.js';
import { newId } from '../../../src/platform/ids.js';
import { Work } from '../../../src/platform/work/work.js';
import { ASKERS, type Answer, type Asker, type ObjectKind } from './object-matrix.js';
import { rowOf } from './object-rows.js';

const ZONE = 'America/Denver';
const PASSWORD = 'quiet river lantern';
const DEADLINE_MS = 10_000;
const DAY = 86_400_000;
const HERE = systemPrincipal('object-matrix');

const ROLE_OF: Readonly<Record<Asker, Role>> = {
  anonymous: 'client',
  enroll: 'owner',
  suspended: 'clinician',
  owner: 'owner',
  assigned: 'clinician',
  covering: 'clinician',
  supervising: 'supervisor',
  former: 'clinician',
  stranger: 'clinician',
  scheduler: 'scheduler',
  biller: 'biller',
  'it-admin': 'it-admin',
  client: 'client',
  'other-client': 'client',
  guardian: 'guardian',
  'ex-guardian': 'guardian',
};

interface Browser {
  readonly jar: Map<string, string>;
  token: string;
  accountId: string;
  personId: string;
}

export interface Asked {
  readonly answer: Answer;
  /** Without what differs between any two answers: nonce, tokens, request id, ids. */
  readonly body: string;
}

/**
 * One client and everybody who could have to do with them: the clinicians who work with them now, did once, or never; the front desk; the
 * client, another client, the guardian of today and of last year. Objects are made new for every change, so that no cell depends on another.
 */
export class ObjectWorld {
  private readonly browsers = new Map<Asker, Browser>();
  private readonly clientOf = new Map<string, string>();
  private slot = 0;

  private constructor(
    private readonly app: INestApplication,
    private readonly url: string,
  ) {}

  static async of(app: INestApplication, url: string): Promise<ObjectWorld> {
    const world = new ObjectWorld(app, url);
    await app.get(PracticeService, { strict: false }).create(HERE, {
      name: 'Linden Row',
      timeZone: ZONE,
      location: { name: 'Main office', timeZone: ZONE },
    });
    for (const asker of [...ASKERS].reverse()) await world.enter(asker);
    await world.suspendOne();
    return world;
  }

  /** The route's parameters for a new object of this kind in this state; some kinds belong to whoever asks. */
  async make(kind: ObjectKind, state: string, asker: Asker): Promise<string[]> {
    switch (kind) {
      case 'client':
        return [await this.client(state)];
      case 'appointment':
        return [await this.appointment(state)];
      case 'account':
        return [await this.colleague(state)];
      case 'location':
        return [await this.location()];
      case 'portal-account':
        return this.portalAccount(state);
      default:
        return rowOf({ dataSource: this.service(DataSource), vault: this.service(Vault) }, kind, state, {
          own: this.of(asker).accountId || this.of('owner').accountId,
          owner: this.of('owner').accountId,
          client: () => this.client('active'),
          colleague: () => this.colleague('active'),
        });
    }
  }

  /** What the form of a route needs so that the answer is about the object and not about a missing field. */
  formOf(kind: ObjectKind, [id]: readonly string[]): Record<string, string> {
    if (kind === 'account') return { role: 'biller' };
    return kind === 'appointment' ? { clientId: this.clientOf.get(id) ?? '', version: '1' } : {};
  }

  async ask(method: string, path: string, asker: Asker, form: Record<string, string> = {}): Promise<Asked> {
    const browser = this.of(asker);
    const reads = method === 'GET' || method === 'HEAD';
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(DEADLINE_MS),
      body: reads ? undefined : new URLSearchParams({ ...form, _csrf: browser.token }).toString(),
      headers: {
        accept: 'text/html',
        origin: this.url,
        cookie: [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(reads ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    });
    const answer = answerOf(response.status, response.headers.get('location'));
    if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
      await response.body?.cancel();
      return { answer, body: '' };
    }
    return { answer, body: plain(await response.text()) };
  }

  private of(asker: Asker): Browser {
    const browser = this.browsers.get(asker);
    if (!browser) throw new Error(`${asker} has not entered`);
    return browser;
  }

  private async enter(asker: Asker): Promise<void> {
    const browser: Browser = { jar: new Map(), token: '', accountId: '', personId: '' };
    this.browsers.set(asker, browser);
    if (asker === 'anonymous') {
      await this.visit(browser, 'GET', '/sign-in');
      return;
    }
    const email = `${asker}@objects.example`;
    browser.personId = await this.person(ROLE_OF[asker], `Object ${asker}`);
    browser.accountId = await this.service(AccountService).create(HERE, {
      role: ROLE_OF[asker],
      email,
      password: PASSWORD,
      personId: browser.personId,
      timeZone: ZONE,
    });
    // Only now: while nobody can sign in, the sign-in page leads to the first run.
    await this.visit(browser, 'GET', '/sign-in');
    const status = await this.visit(browser, 'POST', '/sign-in', { email, password: PASSWORD });
    if (status !== 303) throw new Error(`${asker} could not sign in: ${status}`);
    if (asker === 'enroll')
      await this.service(DataSource).query(`UPDATE core.session SET stage = 'enroll' WHERE account_id = $1`, [
        browser.accountId,
      ]);
    await this.visit(browser, 'GET', asker === 'enroll' ? '/sign-in' : '/account');
  }

  /** Suspended while signed in: the browser still has its cookie. */
  private async suspendOne(): Promise<void> {
    const { accountId } = this.of('suspended');
    const owner = { ...HERE, kind: 'user' as const, id: this.of('owner').accountId };
    await this.service(AccountService).suspend(owner, accountId);
    // A form token of their own, so that it is the account that is refused and not the form.
    await this.visit(this.of('suspended'), 'GET', '/sign-in');
  }

  private async person(role: Role, legalName: string): Promise<string> {
    const people = this.service(People);
    const input = { legalName, timeZone: ZONE };
    const id = await this.service(Work).run(HERE, async (tx) => {
      if (role === 'client') return people.createClientInside(tx, input);
      if (role === 'guardian') return people.createPersonInside(tx, input);
      if (role === 'clinician' || role === 'supervisor') return people.createClinicianInside(tx, input);
      return people.createStaffInside(tx, input);
    });
    await this.service(Directory).refresh([id]);
    return id;
  }

  private async client(state: string): Promise<string> {
    const people = this.service(People);
    const now = this.service(Clock).now();
    const past = new Date(now.getTime() - 100 * DAY);
    const id = await this.service(Work).run(HERE, async (tx) => {
      const clientId = await people.createClientInside(tx, { legalName: 'Object Client', timeZone: ZONE });
      for (const kind of ['assigned', 'covering', 'supervising'] as const)
        await people.assignInside(tx, { clientId, clinicianId: this.of(kind).personId, kind, from: past });
      await people.assignInside(tx, {
        clientId,
        clinicianId: this.of('suspended').personId,
        kind: 'assigned',
        from: past,
      });
      await people.assignInside(tx, {
        clientId,
        clinicianId: this.of('former').personId,
        kind: 'assigned',
        from: past,
        until: now,
      });
      for (const [who, until] of [
        ['guardian', null],
        ['ex-guardian', '2020-01-01'],
      ] as const)
        await tx.manager.query(
          `INSERT INTO core.relationship (id, client_id, person_id, kind, rights, from_on, until_on)
           VALUES ($1, $2, $3, 'guardian', '{see-documents,book}', '2019-01-01', $4)`,
          [newId(), clientId, this.of(who).personId, until],
        );
      if (state === 'ended')
        await tx.manager.query(`UPDATE core.client SET status = 'ended' WHERE id = $1`, [clientId]);
      tx.audit({ action: 'test.world', object: `client:${clientId}` });
      return clientId;
    });
    // As a page does after its change: the next question must not come before the directory has heard of it.
    await this.service(Directory).refresh([id]);
    return id;
  }

  private async appointment(state: string): Promise<string> {
    const booking = this.service(Booking);
    this.slot += 1;
    const day = new Date(Date.now() + (10 + this.slot) * DAY).toISOString().slice(0, 10);
    const clientId = await this.client('active');
    const { id } = await booking.book(HERE, {
      clinicianId: this.of('assigned').personId,
      clientId,
      service: 'individual',
      modality: 'video',
      day,
      time: '10:00',
      timeZone: ZONE,
      minutes: 50,
    });
    this.clientOf.set(id, clientId);
    if (state === 'cancelled') {
      const { version } = await booking.read(HERE, id);
      await booking.cancel(HERE, id, { version, reason: 'other' });
    }
    return id;
  }

  private async colleague(state: string): Promise<string> {
    const accounts = this.service(AccountService);
    const id = await accounts.create(HERE, {
      role: 'scheduler',
      email: `${newId()}@objects.example`,
      personId: await this.person('scheduler', 'Object colleague'),
      timeZone: ZONE,
    });
    if (state === 'suspended') await accounts.suspend(HERE, id);
    return id;
  }

  /** Somebody who signs in to the portal for a client, or for another one. */
  private async portalAccount(state: string): Promise<string[]> {
    const clientId = await this.client('active');
    const personId = state === 'theirs' ? clientId : await this.client('active');
    const email = `${newId()}@objects.example`;
    const account = await this.service(AccountService).create(HERE, {
      role: 'client',
      email,
      personId,
      timeZone: ZONE,
      password: PASSWORD,
    });
    return [clientId, account];
  }

  private async location(): Promise<string> {
    const [{ id }] = await this.service(DataSource).query<{ id: string }[]>(`SELECT id FROM core.location LIMIT 1`);
    return id;
  }

  private service<T>(token: abstract new (...args: never[]) => T): T {
    return this.app.get<T>(token, { strict: false });
  }

  private async visit(browser: Browser, method: string, path: string, fields = {}): Promise<number> {
    const reads = method === 'GET';
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(DEADLINE_MS),
      body: reads ? undefined : new URLSearchParams({ _csrf: browser.token, ...fields }).toString(),
      headers: {
        accept: 'text/html',
        origin: this.url,
        cookie: [...browser.jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(reads ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    });
    for (const line of response.headers.getSetCookie()) {
      const cookie = parseSetCookie(line, { decode: (text) => text });
      if (cookie.value) browser.jar.set(cookie.name, cookie.value);
    }
    browser.token = /name=\\?"_csrf\\?" value=\\?"([^"\\]+)/.exec(await response.text())?.[1] ?? browser.token;
    return response.status;
  }
}

function answerOf(status: number, location: string | null): Answer {
  if (status >= 500) return 'broken';
  if (status === 401 || (status === 303 && (location ?? '').startsWith('/sign-in'))) return 'login';
  return status === 404 ? 'no' : 'yes';
}

const plain = (html: string): string =>
  html
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/nonce=\\?"[^"\\]+/g, 'NONCE')
    .replaceAll(/name=\\?"_csrf\\?" value=\\?"[^"\\]+/g, 'CSRF')
    .replaceAll(/[0-9a-f]{32}/g, 'REQUEST')
    .replaceAll(/datetime="[^"]+"[^<]*</g, 'TIME<');
