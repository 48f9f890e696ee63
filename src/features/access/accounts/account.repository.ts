import { Injectable } from '@nestjs/common';
import { DataSource, Not, type EntityManager } from 'typeorm';
import type { Role } from '../../../platform/access/principal.js';
import { AccountEntity, type AccountState } from './account.entity.js';

export interface NewAccountRow {
  readonly id: string;
  readonly role: Role;
  readonly personId: string | null;
  readonly emailEnc: Buffer;
  readonly emailIndex: Buffer;
  readonly passwordHash: string | null;
  readonly totpEnc: Buffer | null;
  readonly state: 'active' | 'invited';
  readonly timeZone: string;
  readonly locale: string;
  readonly createdAt: Date;
}

/** Rows of `core.account`. Writes name their columns; nothing that came from a browser is ever spread into them. */
@Injectable()
export class AccountRepository {
  constructor(private readonly dataSource: DataSource) {}

  async byId(id: string, manager: EntityManager = this.dataSource.manager): Promise<AccountEntity | null> {
    return manager.getRepository(AccountEntity).findOneBy({ id });
  }

  async byEmailIndex(emailIndex: Buffer): Promise<AccountEntity | null> {
    return this.dataSource.getRepository(AccountEntity).findOneBy({ emailIndex });
  }

  /**
   * Holds the row until the transaction ends, so that two changes of one account follow each other. Not against rows that only refer to
   * it: PostgreSQL lets each new one of those pass a waiting `FOR UPDATE`, and whoever keeps signing in could not be suspended.
   */
  async lock(manager: EntityManager, id: string): Promise<AccountEntity | null> {
    return manager.getRepository(AccountEntity).findOne({ where: { id }, lock: { mode: 'for_no_key_update' } });
  }

  async insert(manager: EntityManager, row: NewAccountRow): Promise<void> {
    await manager.getRepository(AccountEntity).insert({
      id: row.id,
      role: row.role,
      personId: row.personId,
      emailEnc: row.emailEnc,
      emailIndex: row.emailIndex,
      passwordHash: row.passwordHash,
      passwordChangedAt: row.passwordHash === null ? null : row.createdAt,
      totpEnc: row.totpEnc,
      state: row.state,
      timeZone: row.timeZone,
      locale: row.locale,
      namesHidden: false,
      createdAt: row.createdAt,
    });
  }

  async setRole(manager: EntityManager, id: string, role: Role): Promise<void> {
    await manager.getRepository(AccountEntity).update({ id }, { role });
  }

  async setNamesHidden(manager: EntityManager, id: string, namesHidden: boolean): Promise<void> {
    await manager.getRepository(AccountEntity).update({ id }, { namesHidden });
  }

  async setState(manager: EntityManager, id: string, state: AccountState): Promise<void> {
    await manager.getRepository(AccountEntity).update({ id }, { state });
  }

  async setPassword(manager: EntityManager, id: string, passwordHash: string, at: Date): Promise<void> {
    await manager.getRepository(AccountEntity).update({ id }, { passwordHash, passwordChangedAt: at });
  }

  /** The first sign-in: a password, the person's own time zone, and from now on the account can sign in. */
  async activate(
    manager: EntityManager,
    id: string,
    first: { passwordHash: string; timeZone: string; at: Date },
  ): Promise<void> {
    const { passwordHash, timeZone, at } = first;
    await manager
      .getRepository(AccountEntity)
      .update({ id }, { state: 'active', passwordHash, passwordChangedAt: at, timeZone });
  }

  async setEmail(manager: EntityManager, id: string, email: { enc: Buffer; index: Buffer }): Promise<void> {
    await manager.getRepository(AccountEntity).update({ id }, { emailEnc: email.enc, emailIndex: email.index });
  }

  /** Closes an account for good: nothing to sign in with is left, and the address becomes free. */
  async close(manager: EntityManager, id: string, nobody: { enc: Buffer; index: Buffer }): Promise<void> {
    await manager.getRepository(AccountEntity).update(
      { id },
      {
        state: 'closed',
        emailEnc: nobody.enc,
        emailIndex: nobody.index,
        passwordHash: null,
        passwordChangedAt: null,
        totpEnc: null,
        totpLastStep: null,
        totpPendingEnc: null,
        totpPendingAt: null,
      },
    );
  }

  async setPendingTotp(
    manager: EntityManager,
    id: string,
    totpPendingEnc: Buffer | null,
    at: Date | null,
  ): Promise<void> {
    await manager.getRepository(AccountEntity).update({ id }, { totpPendingEnc, totpPendingAt: at });
  }

  async setTotp(manager: EntityManager, id: string, totpEnc: Buffer | null, step: number | null): Promise<void> {
    await manager
      .getRepository(AccountEntity)
      .update({ id }, { totpEnc, totpLastStep: step, totpPendingEnc: null, totpPendingAt: null });
  }

  /**
   * Marks a code's time step as used, in one statement, so that of two requests with the same code one wins, in whichever process.
   *
   * @returns false when this step or a later one was used before
   */
  async useTotpStep(manager: EntityManager, id: string, step: number): Promise<boolean> {
    const result = await manager
      .createQueryBuilder()
      .update(AccountEntity)
      .set({ totpLastStep: step })
      .where('id = :id AND (totp_last_step IS NULL OR totp_last_step < :step)', { id, step })
      .execute();
    return result.affected === 1;
  }

  /** Owners who can sign in, locked, so that two owners cannot remove each other at the same time. */
  async lockActiveOwners(manager: EntityManager): Promise<string[]> {
    const owners = await manager.getRepository(AccountEntity).find({
      select: { id: true },
      where: { role: 'owner', state: 'active' },
      order: { id: 'ASC' },
      lock: { mode: 'for_no_key_update' },
    });
    return owners.map((owner) => owner.id);
  }

  /** The account of a person that is not closed, whatever its state. */
  async openOfPerson(manager: EntityManager, personId: string): Promise<AccountEntity | null> {
    return manager
      .getRepository(AccountEntity)
      .findOne({ where: { personId, state: Not('closed') }, order: { createdAt: 'ASC', id: 'ASC' } });
  }

  async exists(manager: EntityManager = this.dataSource.manager): Promise<boolean> {
    return manager.getRepository(AccountEntity).exists();
  }
}
