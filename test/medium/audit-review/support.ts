import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { parseSetCookie } from 'cookie';
import { DataSource } from 'typeorm';
import { AccountService, newTotpSecret, totpCode } from '../../../src/features/access/public.js';
import { People } from '../../../src/features/people/public.js';
import { PracticeService } from '../../../src/features/practice/public.js';
import { systemPrincipal, type Principal, type Role } from '../../../src/platform/access/principal.js';
import type { AuditEntry } from '../../../src/platform/audit/audit-entry.js';
import { auditColumns, insertAuditRows } from '../../../src/platform/audit/audit-insert.js';
import { AuditKeys } from '../../../src/platform/audit/audit-keys.js';
import { auditRow } from '../../../src/platform/audit/audit-row.js';
import { Directory } from '../../../src/platform/directory/directory.js';
import { newId } from '../../../src/platform/ids.js';
import { Work } from '../../../src/platform/work/work.js';
import { bootApp, type BootedApp } from '../../support/app.js';

export const ZONE = 'America/Denver';
const PASSWORD = 'quiet river lantern';
const system = systemPrincipal('test');

/** Somebody with an account. */
export interface Member {
  readonly accountId: string;
  readonly personId: string;
  readonly role: Role;
  readonly email: string;
  readonly totpSecret: string;
  /** As the audit writes them down. */
  readonly who: Principal;
}

export interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly html: string;
}

/** Something that happened, to be written into the audit as if it had. */
export interface Happened {
  readonly at: Date;
  readonly who: Principal;
  readonly entry: AuditEntry;
}

/** The whole application with a small practice, its audit, and browsers that are signed in. */
export class ReviewWorld {
  private constructor(readonly booted: BootedApp) {}

  static async open(): Promise<ReviewWorld> {
    const booted = await bootApp();
    // A slow machine must not find that an idle connection was closed just as it writes to it.
    (booted.app.getHttpServer() as Server).keepAliveTimeout = 120_000;
    await booted.app.get(PracticeService).create(system, {
      name: 'Linden Row',
      timeZone: ZONE,
      location: { name: 'Main office', timeZone: ZONE },
    });
    return new ReviewWorld(booted);
  }

  close(): Promise<void> {
    return this.booted.close();
  }

  get database(): DataSource {
    return this.booted.app.get(DataSource);
  }

  async member(role: Role, legalName: string): Promise<Member> {
    const people = this.booted.app.get(People);
    const input = { legalName, timeZone: ZONE };
    const personId = await this.booted.app.get(Work).run(system, (tx) => {
      if (role === 'client') return people.createClientInside(tx, input);
      if (role === 'guardian') return people.createPersonInside(tx, input);
      if (role === 'clinician' || role === 'supervisor') return people.createClinicianInside(tx, input);
      return people.createStaffInside(tx, input);
    });
    const email = `${role}-${randomBytes(4).toString('hex')}@review.example`;
    const totpSecret = newTotpSecret();
    const accountId = await this.booted.app
      .get(AccountService)
      .create(system, { role, email, password: PASSWORD, personId, timeZone: ZONE, totpSecret });
    await this.booted.app.get(Directory).refresh([personId]);
    const who: Principal = { kind: 'user', id: accountId, role, personId, permissions: new Set() };
    return { accountId, personId, role, email, totpSecret, who };
  }

  /** A client in the care of a clinician, or of nobody. */
  async client(legalName: string, clinicianId: string | null = null): Promise<string> {
    const id = await this.booted.app
      .get(Work)
      .run(system, (tx) =>
        this.booted.app.get(People).createClientInside(tx, { legalName, timeZone: ZONE, clinicianId }),
      );
    await this.booted.app.get(Directory).refresh([id]);
    return id;
  }

  /** Lets all care begin in the past, for acts that are planted there. */
  async careSince(at: Date): Promise<void> {
    await this.database.query('UPDATE core.assignment SET from_at = $1', [at]);
  }

  async appointment(clinicianId: string, clientId: string, startsAt: Date): Promise<string> {
    const id = newId();
    await this.database.query(
      `INSERT INTO core.appointment (id, case_id, clinician_id, service, modality, status, starts_at, ends_at, time_zone, wall_start,
                                     local_day, version, created_by)
       SELECT $1, m.case_id, $2, 'individual', 'video', 'booked', $4::timestamptz, $4::timestamptz + interval '50 minutes', $5,
              $4::timestamptz AT TIME ZONE $5, ($4::timestamptz AT TIME ZONE $5)::date, 1, 'test'
         FROM core.case_member m WHERE m.client_id = $3 LIMIT 1`,
      [id, clinicianId, clientId, startsAt, ZONE],
    );
    await this.database.query('INSERT INTO core.appointment_member (appointment_id, client_id) VALUES ($1, $2)', [
      id,
      clientId,
    ]);
    return id;
  }

  /** Writes genuine rows of the audit at moments of the past. */
  async happened(acts: readonly Happened[]): Promise<void> {
    const keys = this.booted.app.get(AuditKeys);
    const inOrder = [...acts].sort((a, b) => a.at.getTime() - b.at.getTime());
    for (let at = 0; at < inOrder.length; at += 1_000) {
      const rows = inOrder.slice(at, at + 1_000).map((act) => auditRow(act.who, act.entry, act.at));
      await this.database.query(insertAuditRows.text, auditColumns(keys.leaf, rows));
    }
  }

  /** A browser in which this person is signed in, code and all. */
  async browser(member: Member): Promise<Browser> {
    const browser = new Browser(this.booted.url);
    await browser.get('/sign-in');
    const password = await browser.post('/sign-in', { email: member.email, password: PASSWORD });
    if (password.location !== '/sign-in/code') throw new Error(`signing in answered ${password.status}`);
    await browser.get('/sign-in/code');
    const code = totpCode(member.totpSecret, new Date());
    const answer = await browser.post('/sign-in/code', { code });
    if (answer.status !== 303) throw new Error(`the code was answered ${answer.status}`);
    return browser;
  }
}

/** Keeps cookies and the hidden token of the last page; never follows redirects by itself. */
export class Browser {
  private readonly jar = new Map<string, string>();
  private token = '';

  constructor(private readonly url: string) {}

  get(path: string): Promise<Answer> {
    return this.send('GET', path, undefined);
  }

  post(path: string, fields: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', path, new URLSearchParams({ _csrf: this.token, ...fields }).toString());
  }

  private async send(method: string, path: string, body: string | undefined): Promise<Answer> {
    const response = await fetch(this.url + path, {
      method,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(20_000),
      headers: {
        accept: 'text/html',
        origin: this.url,
        cookie: [...this.jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    });
    for (const line of response.headers.getSetCookie()) {
      const { name, value } = parseSetCookie(line, { decode: (text) => text });
      if (value) this.jar.set(name, value);
    }
    const facts = { status: response.status, location: response.headers.get('location') };
    if (response.headers.get('content-type')?.startsWith('text/event-stream')) {
      await response.body?.cancel();
      return { ...facts, html: '' };
    }
    const html = await response.text();
    this.token = /name=\\?"_csrf\\?" value=\\?"([^"\\]+)/.exec(html)?.[1] ?? this.token;
    return { ...facts, html };
  }
}

/** Cells of the audit's table, row by row, as text. */
export const rowsOf = (html: string): string[] =>
  [...html.matchAll(/<tr>([\s\S]*?)<\/tr>/g)]
    .map(([, row]) =>
      row
        .replaceAll(/<[^>]+>/g, ' ')
        .replaceAll(/\s+/g, ' ')
        .trim(),
    )
    .slice(1);
