import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { systemPrincipal, type Principal } from '../../../platform/access/principal.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { Work } from '../../../platform/work/work.js';
import { People } from '../../people/public.js';
import { PracticeService } from '../../practice/public.js';
import { AccountService } from '../accounts/account.service.js';
import { PasswordService } from '../factors/password.service.js';
import { SignInThrottle } from '../sign-in/sign-in-throttle.js';

export interface FirstRun {
  readonly ownerName: string;
  readonly email: string;
  readonly password: string;
  /** The owner sees clients too: gets a clinician record. */
  readonly alsoClinician: boolean;
  readonly practiceName: string;
  /** IANA zone of practice, location and owner. */
  readonly timeZone: string;
  readonly locationName: string;
}

/** No I, L, O, U: nobody should have to guess while typing from a console. */
const SIGNS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 3;
const SIGNS_PER_GROUP = 4;

/**
 * The first run: possible while nobody can sign in, and only for whoever reads the server's console. The code comes from the key ring, so
 * that it is the same in every process and after a restart, and worthless once there is an account.
 */
@Injectable()
export class SetupService {
  private over = false;

  constructor(
    private readonly accounts: AccountService,
    private readonly passwords: PasswordService,
    private readonly practice: PracticeService,
    private readonly people: People,
    private readonly throttle: SignInThrottle,
    private readonly vault: Vault,
    private readonly work: Work,
  ) {}

  async isOpen(): Promise<boolean> {
    // Accounts are never deleted, so "over" stays true; "open" may end at any moment, in another process.
    if (!this.over) this.over = await this.accounts.any();
    return !this.over;
  }

  /** For the console: `7KQ2-M0XD-94TB`. Sixty bits, and tries are throttled. */
  get code(): string {
    const signs = [...this.vault.derive('setup-code').subarray(0, GROUPS * SIGNS_PER_GROUP)].map(
      (byte) => SIGNS[byte & 31],
    );
    const groups = Array.from({ length: GROUPS }, (_, at) =>
      signs.slice(at * SIGNS_PER_GROUP, (at + 1) * SIGNS_PER_GROUP).join(''),
    );
    return groups.join('-');
  }

  /** What the server prints when it is ready and nobody can sign in yet; `undefined` once somebody can. */
  async invitation(baseUrl: string): Promise<string | undefined> {
    return (await this.isOpen()) ? `Set up your practice at ${baseUrl}/setup with the code ${this.code}` : undefined;
  }

  /** Throws `access.slow-down` after too many tries from one address. */
  async isCode(typed: string, ip: string): Promise<boolean> {
    await this.throttle.begin('setup', ip);
    const wanted = Buffer.from(this.code.replaceAll('-', ''));
    const given = Buffer.from(readable(typed));
    const right = given.length === wanted.length && timingSafeEqual(given, wanted);
    if (right) await this.throttle.succeeded('setup', ip);
    return right;
  }

  async passwordFault(input: FirstRun): Promise<string | undefined> {
    const words = [input.ownerName, input.email, input.practiceName];
    return this.passwords.fault(input.password, { secondFactor: false, words });
  }

  /** Practice, first location, owner and account, all or nothing. Returns the owner's account id. */
  async run(input: FirstRun, from: Pick<Principal, 'ip' | 'requestId'>): Promise<string> {
    if (!(await this.isOpen())) throw notFound();
    const { timeZone } = input;
    const passwordHash = await this.accounts.hashed(input);
    const who: Principal = { ...systemPrincipal('setup'), ip: from.ip, requestId: from.requestId };
    const id = await this.work.run(who, async (tx) => {
      const location = { name: input.locationName, timeZone };
      // One practice per database is a constraint, so of two first runs at once one fails here.
      await this.practice.createInside(tx, { name: input.practiceName, timeZone, location });
      const person = { legalName: input.ownerName, email: input.email, timeZone };
      const personId = input.alsoClinician
        ? await this.people.createClinicianInside(tx, person)
        : await this.people.createStaffInside(tx, person);
      return this.accounts.createInside(tx, { role: 'owner', email: input.email, personId, timeZone }, passwordHash);
    });
    this.over = true;
    return id;
  }
}

/** As it was meant: case, dashes and look-alikes do not matter. */
const readable = (typed: string): string =>
  typed
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
