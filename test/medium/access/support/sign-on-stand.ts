import {
  AccountService,
  SignOnSettingsService,
  type SignOnRules,
  type StaffRole,
} from '../../../../src/features/access/public.js';
import { People } from '../../../../src/features/people/public.js';
import { systemPrincipal, type Principal } from '../../../../src/platform/access/principal.js';
import { newId } from '../../../../src/platform/ids.js';
import { Work } from '../../../../src/platform/work/work.js';
import { DataSource } from 'typeorm';
import { bootApp, type BootedApp } from '../../../support/app.js';
import { IdentityProvider } from '../../../support/identity-provider.js';
import { WebVisitor, type WebAnswer } from '../../../support/web-visitor.js';

/** Where people reach the site, whichever process answers. */
export const SITE = 'http://care.test';
export const PASSWORD = 'seven quiet otters in a row';

export interface Member {
  readonly id: string;
  readonly email: string;
}

/** The whole application beside a real identity provider. */
export class SignOnStand {
  private count = 0;

  private constructor(
    readonly booted: BootedApp,
    readonly idp: IdentityProvider,
    readonly owner: Principal,
  ) {}

  static async open(): Promise<SignOnStand> {
    const idp = await IdentityProvider.start([`${SITE}/sign-in/single-sign-on/callback`]);
    const booted = await bootApp({ env: { ...idp.env, ALCOVE_BASE_URL: SITE } });
    const owner = systemPrincipal('test');
    const stand = new SignOnStand(booted, idp, owner);
    const { id } = await stand.member({ role: 'owner' });
    return new SignOnStand(booted, idp, { ...owner, kind: 'user', id, role: 'owner' });
  }

  /** A second process on the same database. */
  beside(): Promise<BootedApp> {
    return bootApp({ beside: this.booted, env: { ...this.idp.env, ALCOVE_BASE_URL: SITE } });
  }

  /** Somebody with an account; `state` other than active as the database has it. */
  async member(
    wish: { role?: StaffRole | 'client' | 'guardian'; state?: string; password?: string | null } = {},
  ): Promise<Member> {
    const email = `person${++this.count}.${newId().slice(-6)}@care.example`;
    const { app } = this.booted;
    const input = { legalName: `Person ${this.count}`, timeZone: 'UTC' };
    const personId = await app
      .get(Work, { strict: false })
      .run(systemPrincipal('test'), (tx) => app.get(People, { strict: false }).createStaffInside(tx, input));
    const password = wish.password === null ? undefined : (wish.password ?? PASSWORD);
    const id = await app
      .get(AccountService, { strict: false })
      .create(systemPrincipal('test'), { role: wish.role ?? 'clinician', email, password, personId, timeZone: 'UTC' });
    if (wish.state) await this.write(`UPDATE core.account SET state = $2 WHERE id = $1`, [id, wish.state]);
    return { id, email };
  }

  /** The same account's identity at the provider. */
  identity(member: Member, more: Partial<IdentityProvider['person']> = {}): IdentityProvider['person'] {
    return { sub: `sub-${member.id}`, email: member.email, email_verified: true, name: 'Robin Vale', ...more };
  }

  visitor(at: BootedApp = this.booted): WebVisitor {
    return new WebVisitor(`http://127.0.0.1:${new URL(addressOf(at)).port}`);
  }

  /** From the sign-in page to the provider and to the address the provider sends the browser back to. */
  async toCallback(visitor: WebVisitor, next = ''): Promise<string> {
    await visitor.get('/sign-in');
    return this.throughProvider(await visitor.post('/sign-in/single-sign-on', { next }));
  }

  async throughProvider(leaving: WebAnswer): Promise<string> {
    const refresh = leaving.headers.get('refresh') ?? '';
    if (!refresh.startsWith('0; url=')) throw new Error(`no way to the provider: ${leaving.status} ${leaving.text}`);
    const browser = new WebVisitor(this.idp.issuer);
    let address = refresh.slice('0; url='.length);
    for (let hop = 0; hop < 10; hop++) {
      const { location, status, text } = await browser.get(address);
      if (location === null) throw new Error(`the provider stopped with ${status}: ${text.slice(0, 500)}`);
      address = new URL(location, this.idp.issuer).href;
      if (address.startsWith(SITE)) return address.slice(SITE.length);
    }
    throw new Error('the provider sends people in circles');
  }

  /** A whole sign-in. */
  async signOn(visitor = this.visitor(), next = ''): Promise<WebAnswer> {
    return visitor.get(await this.toCallback(visitor, next));
  }

  async rules(rules: Partial<SignOnRules>): Promise<void> {
    const usual = { groupsDecide: false, createsAccounts: false, closesOwnWays: false, trustedProofs: [] };
    await this.settings.changeRules(this.owner, { ...usual, ...rules });
  }

  get settings(): SignOnSettingsService {
    return this.booted.app.get(SignOnSettingsService, { strict: false });
  }

  async write(text: string, values: unknown[]): Promise<void> {
    await this.booted.app.get(DataSource, { strict: false }).query(text, values);
  }

  async rows<T>(text: string, values: unknown[] = []): Promise<T[]> {
    return this.booted.app.get(DataSource, { strict: false }).query(text, values);
  }

  async close(): Promise<void> {
    await this.booted.close();
    await this.idp.close();
  }
}

/** The base address is everybody's; this one is the process's own. */
function addressOf({ app }: BootedApp): string {
  const address = app.getHttpServer().address() as { port: number };
  return `http://127.0.0.1:${address.port}`;
}
