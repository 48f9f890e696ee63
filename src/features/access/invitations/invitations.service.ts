import { Injectable } from '@nestjs/common';
import { can, type Principal } from '../../../platform/access/principal.js';
import { Directory } from '../../../platform/directory/directory.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { isId } from '../../../platform/ids.js';
import { Work, type Tx } from '../../../platform/work/work.js';
import { People, Relationships } from '../../people/public.js';
import { PracticeService } from '../../practice/public.js';
import { ACCESS_ERRORS } from '../access.errors.js';
import { AccountCare, type AccountRef } from '../accounts/account-care.service.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { AccountService } from '../accounts/account.service.js';
import { OneTimeLinks, type IssuedLink } from '../links/one-time-links.service.js';
import type { StaffRole } from '../roles/permissions.js';

export interface StaffInvitation {
  readonly name: string;
  readonly email: string;
  readonly role: StaffRole;
  /** Licence letters of a clinician, e.g. `LCSW`; null for everybody else. */
  readonly credential: string | null;
}

export interface PortalInvitation {
  readonly clientId: string;
  /** The client themselves, or a guardian or representative with rights today. */
  readonly personId: string;
  readonly email: string;
}

/** An account that waits for its first sign-in, with the link that opens it. */
export interface Invited {
  readonly accountId: string;
  readonly link: IssuedLink;
}

/** Roles whose people see clients, so that they get a clinician record. */
const CLINICAL: readonly StaffRole[] = ['clinician', 'supervisor'];

/** Inviting people: an account that opens with a link, a password of their own and, for staff, a second factor. */
@Injectable()
export class Invitations {
  constructor(
    private readonly accounts: AccountService,
    private readonly repository: AccountRepository,
    private readonly care: AccountCare,
    private readonly links: OneTimeLinks,
    private readonly people: People,
    private readonly relationships: Relationships,
    private readonly practice: PracticeService,
    private readonly directory: Directory,
    private readonly work: Work,
  ) {}

  /**
   * Somebody who will work here. Needs `staff:manage`.
   *
   * @throws DomainError `access.email-taken`
   */
  async inviteStaff(who: Principal, input: StaffInvitation): Promise<Invited> {
    if (!can(who, 'staff:manage')) throw notFound();
    const { timeZone } = await this.practice.required();
    const person = { legalName: input.name, email: input.email, timeZone };
    const { personId, ...invited } = await this.work.run(who, async (tx) => {
      const id = CLINICAL.includes(input.role)
        ? await this.people.createClinicianInside(tx, { ...person, credential: input.credential })
        : await this.people.createStaffInside(tx, person);
      return {
        personId: id,
        ...(await this.invite(tx, { role: input.role, email: input.email, personId: id, timeZone })),
      };
    });
    await this.directory.refresh([personId]);
    return invited;
  }

  /**
   * A client, guardian or representative into the portal; each has an account of their own. Needs the right to change the client's
   * details.
   *
   * @throws DomainError `access.email-taken`, `access.has-account`
   */
  async inviteToPortal(who: Principal, { clientId, personId, email }: PortalInvitation): Promise<Invited> {
    await this.care.peopleOf(who, clientId);
    const around = await this.relationships.around(clientId);
    const entitled = personId === clientId || around.some((one) => one.personId === personId && one.current);
    if (!isId(personId) || !entitled) throw notFound();
    return this.work.run(who, async (tx) => {
      const timeZone = await this.lockPerson(tx, personId);
      if (await this.repository.openOfPerson(tx.manager, personId))
        throw new DomainError(ACCESS_ERRORS['access.has-account']);
      const role = personId === clientId ? 'client' : 'guardian';
      tx.audit({ action: 'portal.invite', object: `person:${personId}`, clientId, facts: { role } });
      return this.invite(tx, { role, email, personId, timeZone });
    });
  }

  /** A new link for somebody who has not come in yet; the old one stops working. */
  async renew(who: Principal, ref: AccountRef): Promise<IssuedLink> {
    const lock = await this.care.require(who, ref);
    return this.work.run(who, async (tx) => {
      const account = await lock(tx);
      if (account.state !== 'invited') throw notFound();
      return this.links.issue(tx, account, 'invite');
    });
  }

  private async invite(tx: Tx, account: Parameters<AccountService['createInside']>[1]): Promise<Invited> {
    const accountId = await this.accounts.createInside(tx, { ...account, invited: true }, null);
    const link = await this.links.issue(
      tx,
      { id: accountId, role: account.role, personId: account.personId },
      'invite',
    );
    return { accountId, link };
  }

  /** Two invitations of one person follow each other. Returns the person's time zone. */
  private async lockPerson(tx: Tx, personId: string): Promise<string> {
    const [person] = await tx.manager.query<{ time_zone: string }[]>(
      `SELECT time_zone FROM core.person WHERE id = $1 FOR UPDATE`,
      [personId],
    );
    if (person === undefined) throw notFound();
    return person.time_zone;
  }
}
