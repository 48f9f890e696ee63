import { Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { Directory } from '../../../platform/directory/directory.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work } from '../../../platform/work/work.js';
import { People } from '../../people/public.js';
import { PracticeService } from '../../practice/public.js';
import { AccountService } from '../accounts/account.service.js';
import type { StaffRole } from '../roles/permissions.js';
import type { SignOnClaims } from './claims.js';
import { roleFromGroups } from './role-from-groups.js';
import { SignOnIdentities } from './sign-on-identities.service.js';
import { signOnPrincipal } from './sign-on-principal.js';
import type { SignOnRules } from './sign-on-rules.js';

/** Accounts for people the practice's provider vouches for by a mapped group, where owners turned that on. */
@Injectable()
export class SignOnNewcomers {
  constructor(
    private readonly accounts: AccountService,
    private readonly people: People,
    private readonly practice: PracticeService,
    private readonly identities: SignOnIdentities,
    private readonly notices: Notices,
    private readonly directory: Directory,
    private readonly work: Work,
  ) {}

  /** The new account's id; `undefined` when none may be made: not turned on, no group, no verified address, no name, or address taken. */
  async make(
    claims: SignOnClaims,
    rules: SignOnRules,
    mapping: ReadonlyMap<string, StaffRole>,
    request: Request,
  ): Promise<string | undefined> {
    const { email, name } = claims;
    const decision = roleFromGroups(claims.groups, mapping, null, rules.groupsDecide);
    if (!rules.createsAccounts || decision.kind !== 'become' || email === null || name === null) return undefined;
    const timeZone = (await this.practice.current())?.timeZone ?? 'UTC';
    const { role } = decision;
    try {
      const made = await this.work.run(signOnPrincipal(request), async (tx) => {
        const input = { legalName: name, email, timeZone };
        const seesClients = role === 'clinician' || role === 'supervisor';
        const personId = seesClients
          ? await this.people.createClinicianInside(tx, input)
          : await this.people.createStaffInside(tx, input);
        const accountId = await this.accounts.createInside(tx, { role, email, personId, timeZone }, null);
        const subjectHash = this.identities.subjectHash(claims);
        await this.identities.linkInside(tx, accountId, { issuer: claims.issuer, subjectHash });
        await this.notices.tell(tx, { holdersOf: 'staff:manage' }, { kind: 'sign-on.newcomer', href: '/admin/people' });
        return { personId, accountId };
      });
      await this.directory.refresh([made.personId]);
      return made.accountId;
    } catch (error) {
      // Somebody else's account has the address, in a spelling that only looks the same.
      if (error instanceof DomainError && error.code === 'access.email-taken') return undefined;
      throw error;
    }
  }
}
