import type { Server } from 'node:http';
import { Temporal } from 'temporal-polyfill';
import { AccountService } from '../../src/features/access/public.js';
import { SessionLinks } from '../../src/features/encounters/public.js';
import { People } from '../../src/features/people/public.js';
import { PracticeService } from '../../src/features/practice/public.js';
import { Booking } from '../../src/features/scheduling/public.js';
import { systemPrincipal, type Role } from '../../src/platform/access/principal.js';
import { newId } from '../../src/platform/ids.js';
import type { BootedApp } from './app.js';
import { HttpPerson } from './http-person.js';

export const ZONE = 'America/Denver';
export const PASSWORD = 'quiet river lantern';
const system = systemPrincipal('test');

export interface Somebody {
  readonly account: string;
  readonly email: string;
  readonly personId: string | null;
}

/** A practice with an owner, and as many people and sessions as a test needs, in a running application. */
export class SmallPractice {
  private constructor(
    readonly booted: BootedApp,
    readonly owner: Somebody,
  ) {}

  static async of(booted: BootedApp): Promise<SmallPractice> {
    // A slow machine must not find that an idle connection was closed just as it writes to it.
    (booted.app.getHttpServer() as Server).keepAliveTimeout = 120_000;
    const location = { name: 'Main office', timeZone: ZONE };
    await booted.app.get(PracticeService, { strict: false }).create(system, {
      name: 'Linden Row',
      timeZone: ZONE,
      location,
    });
    const owner = await new SmallPractice(booted, { account: '', email: '', personId: null }).add('owner');
    return new SmallPractice(booted, owner);
  }

  get<T>(type: abstract new (...args: never[]) => T): T {
    return this.booted.app.get<T>(type, { strict: false });
  }

  /** An account with the person behind it. Clients are the given clinician's. */
  async add(role: Role, options: { clinicianId?: string; totpSecret?: string } = {}): Promise<Somebody> {
    const email = `${role}-${newId()}@care.example`;
    const personId = await this.person(role, options.clinicianId);
    const account = await this.get(AccountService).create(system, {
      role,
      email,
      password: PASSWORD,
      personId,
      timeZone: ZONE,
      totpSecret: options.totpSecret,
    });
    return { account, email, personId };
  }

  /** A browser of theirs, signed in; at another server of the same practice where `url` says so. */
  browser(who: Somebody, url = this.booted.url, headers: Readonly<Record<string, string>> = {}): Promise<HttpPerson> {
    return new HttpPerson(url, headers).signIn(who.email, PASSWORD);
  }

  /** A video session of the two that starts in about ten minutes, and the path of its link. */
  async session(clinicianId: string, clientId: string): Promise<{ id: string; door: string }> {
    const start = Temporal.Now.zonedDateTimeISO(ZONE).add({ minutes: 10 }).round('minute');
    const { id } = await this.get(Booking).book(system, {
      clinicianId,
      clientId,
      service: 'individual',
      modality: 'video',
      day: start.toPlainDate().toString(),
      time: start.toPlainTime().toString({ smallestUnit: 'minute' }),
      timeZone: ZONE,
      minutes: 50,
    });
    return { id, door: await this.get(SessionLinks).clientPath(id, clientId) };
  }

  private async person(role: Role, clinicianId: string | undefined): Promise<string | null> {
    const people = this.get(People);
    const input = { legalName: `Robin ${role} Vale`, timeZone: ZONE };
    if (role === 'client') return people.createClient(system, { ...input, clinicianId });
    if (role === 'clinician' || role === 'supervisor') return people.createClinician(system, input);
    return null;
  }
}
