import type { Tx } from '../../../platform/work/work.js';
import type { AccountRepository } from '../accounts/account.repository.js';
import { passkeyWrites } from './passkey.queries.js';
import { recoveryCodeWrites } from './recovery-code.service.js';

/**
 * Takes every second factor of an account away, recovery codes included, inside the change that decided it (a lost factor that two
 * people vouched for, a closed account). The caller says why in its own audit row and ends the sessions.
 */
export async function clearFactors(tx: Tx, accounts: AccountRepository, accountId: string): Promise<void> {
  const passkeys = await passkeyWrites.removeAll(tx.manager, accountId);
  const codes = await recoveryCodeWrites.removeAll(tx.manager, accountId);
  await accounts.setTotp(tx.manager, accountId, null, null);
  tx.audit({ action: 'account.clear-factors', object: `account:${accountId}`, facts: { passkeys, codes } });
}
