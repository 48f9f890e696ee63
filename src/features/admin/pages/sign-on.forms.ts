import { Matches, MaxLength } from 'class-validator';
import type { SignOnRules } from '../../access/public.js';

/** A group of the provider and the role it gets. */
export class GroupForm {
  @Matches(/^[^\p{Cc}]{1,200}$/u, { message: 'admin:sign-on.fault.group' })
  group: string;

  @Matches(/^[a-z-]{1,20}$/, { message: 'admin:sign-on.fault.role' })
  role: string;
}

/** The owner's rules; a box that is not ticked is not sent. */
export class RulesForm {
  groupsDecide?: string;
  createsAccounts?: string;
  closesOwnWays?: string;

  @MaxLength(1_000, { message: 'admin:sign-on.fault.proofs' })
  @Matches(/^(\s*[\w.:/+#-]{1,100}\s*(,|$)){0,10}$/, { message: 'admin:sign-on.fault.proofs' })
  trustedProofs: string;
}

export const rulesOfForm = (values: Readonly<Record<string, string>>): SignOnRules => ({
  groupsDecide: values.groupsDecide === 'yes',
  createsAccounts: values.createsAccounts === 'yes',
  closesOwnWays: values.closesOwnWays === 'yes',
  trustedProofs: (values.trustedProofs ?? '')
    .split(',')
    .map((proof) => proof.trim())
    .filter((proof) => proof !== ''),
});
