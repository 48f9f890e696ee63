import { parseSetCookie } from 'cookie';
import { DataSource } from 'typeorm';
import { AccountService } from '../../../../src/features/access/public.js';
import { People } from '../../../../src/features/people/public.js';
import { PracticeService } from '../../../../src/features/practice/public.js';
import { systemPrincipal, type Role } from '../../../../src/platform/access/principal.js';
import { Clock } from '../../../../src/platform/clock.js';
import { Directory } from '../../../../src/platform/directory/directory.js';
import { newId } from '../../../../src/platform/ids.js';
import { Work } from '../../../../src/platform/work/work.js';
import { bootApp, type BootedApp, type BootOptions } from '../../../support/app.js';

export const PASSWORD = 'quiet river lantern';
const ZONE = 'America/Denver';

export interface HtmlAnswer {
  readonly status: number;
  readonly location: string | null;
  readonly headers: Headers;
  readonly html: string;
}

/** A browser on the whole application: cookies, the hidden token of the last page, an address of its own; follows nothing. */
export class HtmlBrowser {
  readonly jar = new Map<string, string>();
  private token = '';

  constructor(
    private readonly url: string,
    private readonly address: string,
  ) {}

  get(path: string): Promise<HtmlAnswer> {
    return this.send('GET', path);
  }

  post(path: string, fields: Readonly<Record<string, string>> = {}): Promise<HtmlAnswer> {
    return this.send('POST', path, new URLSearchParams({ _csrf: this.token, ...fields }).toString());
  }

  async signIn(email: string, password = PASSWORD): Promise<HtmlAnswer> {
    await this.get('/sign-in');
    const answer = await this.post('/sign-in', { email, password });
    // The token belongs to the session, and that is a new one.
    if (answer.status === 303) await this.get(answer.location?.startsWith('/sign-in') ? answer.location : '/account');
    return answer;
  }

  private async send(method: string, path: string, body?: string): Promise<HtmlAnswer> {
    const response = await fetch(this.url + path, {
      method,
      body,
      redirect: 'manual',
      headers: {
        accept: 'text/html',
        origin: this.url,
        'x-forwarded-for': this.address,
        cookie: [...this.jar].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    });
    for (const line of response.headers.getSetCookie()) {
      const cookie = parseSetCookie(line, { decode: (text) => text });
      if (cookie.value) this.jar.set(cookie.name, cookie.value);
    }
    const html = await response.text();
    this.token = /name="_csrf" value="([^"]+)/.exec(html)?.[1] ?? this.token;
    return { status: response.status, location: response.headers.get('location'), headers: response.headers, html };
  }
}

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly personId: string;
  readonly browser: HtmlBrowser;
}

/** A practice in the whole application, with a clock that only moves when told to. */
export class Life {
  private count = 0;
  private at = new Date('2026-11-24T16:00:00Z');

  private constructor(readonly booted: BootedApp) {}

  static async begin(options: BootOptions = {}): Promise<Life> {
    const life = new Life(await bootApp({ ...options, env: { ALCOVE_TRUSTED_PROXIES: '1', ...options.env } }));
    life.holdClock(life.booted);
    await life.booted.app.get(PracticeService, { strict: false }).create(systemPrincipal('test'), {
      name: 'Linden Row',
      timeZone: ZONE,
      location: { name: 'Main office', timeZone: ZONE },
    });
    return life;
  }

  /** A second process on the same database, with the same clock. */
  async beside(options: BootOptions = {}): Promise<BootedApp> {
    const env = { ALCOVE_TRUSTED_PROXIES: '1', ...options.env };
    const other = await bootApp({ ...options, env, beside: this.booted });
    this.holdClock(other);
    return other;
  }

  pass(minutes: number): void {
    this.at = new Date(this.at.getTime() + minutes * 60_000);
  }

  browser(url = this.booted.url): HtmlBrowser {
    this.count += 1;
    return new HtmlBrowser(url, `198.51.${Math.floor(this.count / 250)}.${this.count % 250}`);
  }

  get<T>(type: new (...args: never[]) => T): T {
    return this.booted.app.get(type as new () => T, { strict: false });
  }

  /** Somebody who can sign in with `PASSWORD`, not signed in yet. */
  async account(
    role: Role,
    more: { totpSecret?: string; personId?: string; password?: string } = {},
  ): Promise<Account> {
    this.count += 1;
    const email = `${role}${this.count}@care.example`;
    const personId = more.personId ?? (await this.person(role, `Person ${this.count}`));
    const id = await this.get(AccountService).create(systemPrincipal('test'), {
      role,
      email,
      password: more.password ?? PASSWORD,
      personId,
      timeZone: ZONE,
      totpSecret: more.totpSecret,
    });
    return { id, email, personId, browser: this.browser() };
  }

  async signedIn(role: Role, more: { personId?: string } = {}): Promise<Account> {
    const account = await this.account(role, more);
    const answer = await account.browser.signIn(account.email);
    if (answer.status !== 303) throw new Error(`${role} could not sign in: ${answer.status}`);
    return account;
  }

  async person(role: Role, legalName: string): Promise<string> {
    const people = this.get(People);
    const input = { legalName, timeZone: ZONE };
    const id = await this.get(Work).run(systemPrincipal('test'), async (tx) => {
      if (role === 'client') return people.createClientInside(tx, input);
      if (role === 'guardian') return people.createPersonInside(tx, input);
      if (role === 'clinician' || role === 'supervisor') return people.createClinicianInside(tx, input);
      return people.createStaffInside(tx, input);
    });
    await this.get(Directory).refresh([id]);
    return id;
  }

  /** A guardian of the client, with rights from the beginning of the year. */
  async guardianOf(clientId: string, until: string | null = null): Promise<string> {
    const personId = await this.person('guardian', 'Morgan Ashby');
    await this.query(
      `INSERT INTO core.relationship (id, client_id, person_id, kind, rights, from_on, until_on)
       VALUES ($1, $2, $3, 'guardian', '{book}', '2026-01-01', $4)`,
      [newId(), clientId, personId, until],
    );
    await this.get(Directory).refresh([personId]);
    return personId;
  }

  /** A statement as the owner of nothing: through the application's own pool. */
  query<Row>(sql: string, values: unknown[] = []): Promise<Row[]> {
    return this.get(DataSource).query(sql, values);
  }

  /** What the audit says was done to an account, oldest first. */
  async done(accountId: string): Promise<string[]> {
    const rows = await this.query<{ action: string }>(
      `SELECT action FROM core.audit_event WHERE object = $1 ORDER BY seq`,
      [`account:${accountId}`],
    );
    return rows.map(({ action }) => action);
  }

  /** What an account was told. */
  async told(accountId: string): Promise<string[]> {
    const rows = await this.query<{ kind: string }>(
      `SELECT kind FROM core.notice WHERE account_id = $1 ORDER BY created_at, id`,
      [accountId],
    );
    return rows.map(({ kind }) => kind);
  }

  async stateOf(accountId: string): Promise<string | undefined> {
    const [row] = await this.query<{ state: string }>(`SELECT state FROM core.account WHERE id = $1`, [accountId]);
    return row?.state;
  }

  close(): Promise<void> {
    return this.booted.close();
  }

  private holdClock(booted: BootedApp): void {
    booted.app.get(Clock, { strict: false }).now = () => this.at;
  }
}

/** Path of the link on a page that shows one. */
export function linkIn({ html, status }: HtmlAnswer): string {
  const path = /value="http[^"]*(\/link\/[\w-]{43})"/.exec(html)?.[1];
  if (path === undefined) throw new Error(`no link on the page (${status}): ${html.slice(0, 2_000)}`);
  return path;
}

/** A page without what differs from one request to the next: tokens, request ids, nonces. */
export const plain = ({ status, html }: HtmlAnswer): string =>
  `${status} ${html
    .replaceAll(/name="_csrf" value="[^"]*"/g, '')
    .replaceAll(/nonce="[^"]*"/g, '')
    .replaceAll(/content="[^"]*csrf[^"]*"/g, '')
    .replaceAll(/[0-9a-f]{32}/g, 'REQUEST')}`;
