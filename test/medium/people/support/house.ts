import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { parseSetCookie } from 'cookie';
import { DataSource } from 'typeorm';
import { AccountService } from '../../../../src/features/access/public.js';
import { People } from '../../../../src/features/people/public.js';
import { PracticeService } from '../../../../src/features/practice/public.js';
import { systemPrincipal, type Role } from '../../../../src/platform/access/principal.js';
import { Clock } from '../../../../src/platform/clock.js';
import { Directory } from '../../../../src/platform/directory/directory.js';
import { Work } from '../../../../src/platform/work/work.js';
import { bootApp, type BootedApp, type BootOptions } from '../../../support/app.js';

export const ZONE = 'America/Denver';
const PASSWORD = 'quiet river lantern';
export const system = systemPrincipal('test');

export interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly text: string;
}

/** Somebody with an account, signed in in a browser of their own. */
export class Somebody {
  private readonly jar = new Map<string, string>();
  private token = '';

  constructor(
    private readonly url: string,
    readonly accountId: string,
    readonly personId: string,
    readonly email: string,
  ) {}

  async signIn(): Promise<this> {
    await this.get('/sign-in');
    const { status } = await this.post('/sign-in', { email: this.email, password: PASSWORD });
    if (status !== 303) throw new Error(`signing in answered ${status}`);
    await this.get('/account');
    return this;
  }

  get(path: string): Promise<Answer> {
    return this.send('GET', path);
  }

  post(path: string, fields: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', path, new URLSearchParams({ _csrf: this.token, ...fields }).toString());
  }

  private async send(method: string, path: string, body?: string): Promise<Answer> {
    const answer = await fetch(this.url + path, {
      method,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
      headers: {
        accept: 'text/html',
        origin: this.url,
        cookie: [...this.jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    });
    for (const line of answer.headers.getSetCookie()) {
      const cookie = parseSetCookie(line, { decode: (text) => text });
      if (cookie.value) this.jar.set(cookie.name, cookie.value);
    }
    const text = await answer.text();
    this.token = /name="_csrf" value="([^"]+)/.exec(text)?.[1] ?? this.token;
    return { status: answer.status, location: answer.headers.get('location'), text };
  }
}

/** The whole application with a practice and people in it. */
export class House {
  private constructor(readonly booted: BootedApp) {}

  static async open(options: BootOptions = {}): Promise<House> {
    const booted = await bootApp(options);
    // A slow machine must not find that an idle connection was closed just as it writes to it.
    (booted.app.getHttpServer() as Server).keepAliveTimeout = 120_000;
    const house = new House(booted);
    if (!options.beside)
      await house.get(PracticeService).create(system, {
        name: 'Linden Row',
        timeZone: ZONE,
        location: { name: 'Main office', timeZone: ZONE },
      });
    return house;
  }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.booted.app.get<T>(type, { strict: false });
  }

  get dataSource(): DataSource {
    return this.get(DataSource);
  }

  rows<T>(text: string, values: unknown[] = []): Promise<T[]> {
    return this.dataSource.query<T[]>(text, values);
  }

  /** Somebody with an account in this role; clinicians and supervisors can have clients. */
  async somebody(role: Role, name = `Some ${role}`): Promise<Somebody> {
    const personId = await this.person(role, name);
    const email = `${role}-${randomBytes(4).toString('hex')}@care.example`;
    const account = { role, email, password: PASSWORD, personId, timeZone: ZONE };
    const id = await this.get(AccountService).create(system, account);
    await this.get(Directory).refresh([personId]);
    return new Somebody(this.booted.url, id, personId, email);
  }

  async signedIn(role: Role, name?: string): Promise<Somebody> {
    return (await this.somebody(role, name)).signIn();
  }

  /** The same person in a browser that talks to another process on the same database. */
  elsewhere(who: Somebody, other: House): Promise<Somebody> {
    return new Somebody(other.booted.url, who.accountId, who.personId, who.email).signIn();
  }

  /** "Now" of the whole application moves by so much. Returns the way back. */
  pass(milliseconds: number): () => void {
    const clock = this.get(Clock);
    const before = clock.now.bind(clock);
    clock.now = () => new Date(before().getTime() + milliseconds);
    return () => void (clock.now = before);
  }

  close(): Promise<void> {
    return this.booted.close();
  }

  private person(role: Role, legalName: string): Promise<string> {
    const people = this.get(People);
    const input = { legalName, timeZone: ZONE };
    return this.get(Work).run(system, async (tx) => {
      if (role === 'client') return people.createClientInside(tx, input);
      if (role === 'guardian') return people.createPersonInside(tx, input);
      if (role === 'clinician' || role === 'supervisor') return people.createClinicianInside(tx, input);
      return people.createStaffInside(tx, input);
    });
  }
}
