import type { EntityManager } from 'typeorm';

/** Statements that belong into the transaction of a change. All values are parameters. */
export const resetWrites = {
  /**
   * Notes that the owner of this address asks for a new password.
   *
   * @returns the account, or `undefined` when nobody signs in with it
   */
  async ask(manager: EntityManager, emailIndex: Buffer, at: Date): Promise<string | undefined> {
    const [row] = await manager.query<{ account_id: string }[]>(
      `INSERT INTO core.reset_request (account_id, asked_at)
       SELECT id, $2 FROM core.account WHERE email_index = $1 AND state = 'active'
       ON CONFLICT (account_id) DO UPDATE SET asked_at = EXCLUDED.asked_at RETURNING account_id`,
      [emailIndex, at],
    );
    return row?.account_id;
  },

  async answered(manager: EntityManager, accountId: string): Promise<void> {
    await manager.query(`DELETE FROM core.reset_request WHERE account_id = $1`, [accountId]);
  },
};
