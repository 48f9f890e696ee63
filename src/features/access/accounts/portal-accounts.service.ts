import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../platform/access/principal.js';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { Work } from '../../../platform/work/work.js';
import { Relationships, type PersonAround } from '../../people/public.js';
import { AccountCare, type AccountRef } from './account-care.service.js';
import { AccountEndings } from './account-endings.service.js';
import { AccountLines, type AccountLine } from './account-lines.service.js';
import { AccountPerson } from './account-person.js';

/** Somebody who has or could have an account because of one client. */
export interface PortalPerson {
  readonly personId: string;
  readonly kind: 'client' | PersonAround['kind'];
  /** False for somebody whose rights have ended: their account can be looked after, and no new one made. */
  readonly current: boolean;
  readonly name: string;
  readonly account: AccountLine | null;
}

type PortalRef = Required<AccountRef>;

/** Accounts of clients and of the people around them, for whoever may change the client's details. */
@Injectable()
export class PortalAccounts {
  constructor(
    private readonly care: AccountCare,
    private readonly endings: AccountEndings,
    private readonly lines: AccountLines,
    private readonly relationships: Relationships,
    private readonly person: AccountPerson,
    private readonly audit: AuditWriter,
    private readonly work: Work,
  ) {}

  /** The client first, then the others. Recorded as a look at the client's data. */
  async around(who: Principal, clientId: string): Promise<PortalPerson[]> {
    await this.care.peopleOf(who, clientId);
    await this.audit.record(who, { action: 'portal.accounts', object: `client:${clientId}`, clientId });
    const people = [
      { personId: clientId, kind: 'client' as const, current: true },
      ...(await this.relationships.around(clientId)),
    ];
    const accounts = await this.lines.ofPersons(people.map(({ personId }) => personId));
    return people.map((one) => ({
      ...one,
      name: this.person.name(one.personId) ?? '',
      account: accounts.find((line) => line.personId === one.personId) ?? null,
    }));
  }

  /** Throws not-found for a client whose accounts are not theirs to look after. */
  async require(who: Principal, clientId: string): Promise<void> {
    await this.care.peopleOf(who, clientId);
  }

  /** The same for one account, before anything is said about a form: another client's is as unknown as none. */
  async requireAccount(who: Principal, { clientId, accountId }: PortalRef): Promise<void> {
    const people = await this.care.peopleOf(who, clientId);
    const accounts = await this.lines.ofPersons([...people]);
    if (!accounts.some(({ id }) => id === accountId)) throw notFound();
  }

  async suspend(who: Principal, ref: PortalRef): Promise<void> {
    const lock = await this.care.require(who, ref);
    await this.work.run(who, async (tx) => void (await this.endings.suspend(tx, await lock(tx))));
  }

  async restore(who: Principal, ref: PortalRef): Promise<void> {
    const lock = await this.care.require(who, ref);
    await this.work.run(who, async (tx) => this.endings.restore(tx, await lock(tx)));
  }

  /** Closes the account for good, or takes an invitation back. */
  async close(who: Principal, ref: PortalRef): Promise<void> {
    const lock = await this.care.require(who, ref);
    await this.work.run(who, async (tx) => this.endings.close(tx, await lock(tx)));
  }
}
