import { Injectable } from '@nestjs/common';
import { QueryFailedError } from 'typeorm';
import { can, type Principal, type Role } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { isId, newId } from '../../../platform/ids.js';
import { Work, type Tx } from '../../../platform/work/work.js';
import { ACCESS_ERRORS } from '../access.errors.js';
import { AccountEndings } from './account-endings.service.js';
import type { AccountEntity } from './account.entity.js';
import { AccountLines, type AccountLine } from './account-lines.service.js';
import { AccountRepository } from './account.repository.js';
import { emailIndex, emailPlace, totpPlace } from './account.places.js';
import { PasswordService } from '../factors/password.service.js';
import { isStaff, STAFF_ROLES, type StaffRole } from '../roles/permissions.js';

export interface NewAccount {
  readonly role: Role;
  readonly email: string;
  /** Already checked against the rules by the form that took it. Absent: the account cannot sign in with a password yet. */
  readonly password?: string;
  /** The client, clinician or staff person this account is; their name is the account's name. */
  readonly personId: string | null;
  /** IANA zone. */
  readonly timeZone: string;
  readonly locale?: string;
  /** Base32 secret of an authenticator that is set up already (demo, import). */
  readonly totpSecret?: string;
  /** True for an account that begins with a one-time link. */
  readonly invited?: boolean;
}

/** A person who works here, or is invited to. */
export type StaffAccount = AccountLine & { readonly role: StaffRole };

/** Who can sign in, as what. Roles and suspension take effect with the next request of every session. */
@Injectable()
export class AccountService {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly passwords: PasswordService,
    private readonly endings: AccountEndings,
    private readonly vault: Vault,
    private readonly work: Work,
    private readonly lines: AccountLines,
    private readonly clock: Clock,
  ) {}

  /** True once anybody can sign in; the first run is over then. */
  async any(): Promise<boolean> {
    return this.accounts.exists();
  }

  /**
   * Adds an account.
   *
   * @returns its id
   * @throws DomainError `access.email-taken`
   */
  async create(who: Principal, input: NewAccount): Promise<string> {
    const passwordHash = await this.hashed(input);
    return this.work.run(who, (tx) => this.createInside(tx, input, passwordHash));
  }

  /** As `create`, inside a larger change. Hash first (`hashed`): it takes long and would hold the transaction open. */
  async createInside(tx: Tx, input: NewAccount, passwordHash: string | null): Promise<string> {
    const id = newId();
    const email = input.email.trim();
    try {
      await this.accounts.insert(tx.manager, {
        id,
        role: input.role,
        personId: input.personId,
        emailEnc: await this.vault.seal('directory.contact', emailPlace(id), email),
        emailIndex: emailIndex(this.vault, email),
        passwordHash,
        totpEnc: input.totpSecret ? await this.vault.seal('secret', totpPlace(id), input.totpSecret) : null,
        state: input.invited ? 'invited' : 'active',
        timeZone: input.timeZone,
        locale: input.locale ?? 'en',
        createdAt: this.clock.now(),
      });
    } catch (error) {
      if (isTaken(error)) throw new DomainError(ACCESS_ERRORS['access.email-taken'], {}, { cause: error });
      throw error;
    }
    tx.audit({
      action: 'account.create',
      object: `account:${id}`,
      facts: { role: input.role, invited: input.invited ?? false },
    });
    return id;
  }

  async hashed(input: Pick<NewAccount, 'password'>): Promise<string | null> {
    return input.password === undefined ? null : this.passwords.hash(input.password);
  }

  /** Everybody who works here, invited and suspended people included. Needs `staff:read`. */
  async staff(who: Principal): Promise<StaffAccount[]> {
    if (!can(who, 'staff:read')) throw notFound();
    return (await this.lines.staff()).filter(isStaffLine);
  }

  /** Gives a colleague another role. Needs `staff:manage`; not one's own, and never the last owner's. */
  async changeRole(who: Principal, id: string, role: string): Promise<void> {
    this.requireOther(who, id);
    const wanted = STAFF_ROLES.find((one) => one === role);
    if (!wanted) throw notFound();
    await this.work.run(who, async (tx) => {
      if (wanted !== 'owner') await this.endings.keepAnOwner(tx, id);
      const account = await this.lockStaff(tx, id);
      await this.accounts.setRole(tx.manager, id, wanted);
      tx.audit({ action: 'account.role', object: `account:${id}`, facts: { from: account.role, to: wanted } });
      tx.live(`account:${id}`, 'changed');
    });
  }

  /** Ends every session of a colleague and lets no new one begin. Needs `staff:manage`. Returns how many sessions ended. */
  async suspend(who: Principal, id: string): Promise<number> {
    this.requireOther(who, id);
    return this.work.run(who, async (tx) => {
      await this.endings.keepAnOwner(tx, id);
      return this.endings.suspend(tx, await this.lockStaff(tx, id));
    });
  }

  async restore(who: Principal, id: string): Promise<void> {
    this.requireOther(who, id);
    await this.work.run(who, async (tx) => this.endings.restore(tx, await this.lockStaff(tx, id)));
  }

  /** Closes a colleague's account for good, or takes an invitation back. Needs `staff:manage`; never the last owner's. */
  async close(who: Principal, id: string): Promise<void> {
    this.requireOther(who, id);
    await this.work.run(who, async (tx) => {
      await this.endings.keepAnOwner(tx, id);
      await this.endings.close(tx, await this.lockStaff(tx, id));
    });
  }

  private requireOther(who: Principal, id: string): void {
    if (!can(who, 'staff:manage') || !isId(id)) throw notFound();
    if (who.id === id) throw new DomainError(ACCESS_ERRORS['access.not-yourself']);
  }

  private async lockStaff(tx: Tx, id: string): Promise<AccountEntity> {
    const account = await this.accounts.lock(tx.manager, id);
    if (!account || !isStaff(account.role) || account.state === 'closed') throw notFound();
    return account;
  }
}

const isStaffLine = (line: AccountLine): line is StaffAccount => isStaff(line.role);

const isTaken = (error: unknown): error is QueryFailedError =>
  error instanceof QueryFailedError &&
  (error.driverError as { constraint?: string }).constraint === 'account_email_key';
