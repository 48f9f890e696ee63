import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { namedQuery, Sql } from '../../../platform/database/sql.js';
import { newId } from '../../../platform/ids.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work, type Tx } from '../../../platform/work/work.js';
import { FEW_LEFT, newRecoveryCode, readRecoveryCode, RECOVERY_CODES } from './recovery-codes.js';

/** What people see of their codes: never the codes. */
export interface RecoveryCodesLeft {
  readonly left: number;
  readonly total: number;
  /** When the set was made; null when there is none. */
  readonly madeAt: Date | null;
}

const LEFT = namedQuery<{ total: number; left: number; made_at: Date | null }>(
  'access.recovery-codes-left',
  `SELECT count(*)::int AS total, count(*) FILTER (WHERE used_at IS NULL)::int AS left, max(created_at) AS made_at
     FROM core.recovery_code WHERE account_id = $1`,
);

const UNUSED = namedQuery<{ code_hash: Buffer }>(
  'access.recovery-codes-unused',
  `SELECT code_hash FROM core.recovery_code WHERE account_id = $1 AND used_at IS NULL`,
);

/** Codes on paper for the day no second factor is at hand: ten of them, each good once. Only keyed hashes are stored. */
@Injectable()
export class RecoveryCodeService {
  constructor(
    private readonly vault: Vault,
    private readonly notices: Notices,
    private readonly work: Work,
    private readonly sql: Sql,
    private readonly clock: Clock,
  ) {}

  async left(accountId: string): Promise<RecoveryCodesLeft> {
    const row = await this.sql.first(LEFT, [accountId]);
    return { left: row?.left ?? 0, total: row?.total ?? 0, madeAt: row?.made_at ?? null };
  }

  /** Makes ten new codes; the old ones end. The only moment at which anybody sees them. */
  async renew(who: Principal): Promise<string[]> {
    const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
    await this.work.run(who, async (tx) => {
      const old = await recoveryCodeWrites.removeAll(tx.manager, who.id);
      for (const code of codes)
        await tx.manager.query(
          `INSERT INTO core.recovery_code (id, account_id, code_hash, created_at) VALUES ($1, $2, $3, $4)`,
          [newId(), who.id, this.hashOf(who.id, code), this.clock.now()],
        );
      tx.audit({
        action: 'recovery-codes.renew',
        object: `account:${who.id}`,
        facts: { codes: codes.length, replaced: old },
      });
      await this.notices.tell(tx, { accounts: [who.id] }, { kind: 'recovery-codes.renewed', href: '/account' });
    });
    return codes;
  }

  /** Accepts a code once: a second use is refused, in this process and in every other. */
  async use(who: Principal, typed: string): Promise<boolean> {
    const code = readRecoveryCode(typed);
    if (code === undefined) return false;
    return this.work.run(who, async (tx) => {
      const [, used] = await tx.manager.query<[unknown, number]>(
        `UPDATE core.recovery_code SET used_at = $3 WHERE account_id = $1 AND code_hash = $2 AND used_at IS NULL`,
        [who.id, this.hashOf(who.id, code), this.clock.now()],
      );
      const [{ left }] = await tx.manager.query<{ left: number }[]>(
        `SELECT count(*)::int AS left FROM core.recovery_code WHERE account_id = $1 AND used_at IS NULL`,
        [who.id],
      );
      const ok = used === 1;
      tx.audit({
        action: 'recovery-code.use',
        object: `account:${who.id}`,
        outcome: ok ? 'ok' : 'refused',
        facts: { left },
      });
      if (ok) await this.tellUse(tx, left);
      return ok;
    });
  }

  /** Those of the typed codes that are this account's and unused, as people see them; for printing what is on the screen. */
  async own(who: Principal, typed: readonly string[]): Promise<string[]> {
    const unused = new Set((await this.sql.rows(UNUSED, [who.id])).map((row) => row.code_hash.toString('base64')));
    return typed
      .slice(0, RECOVERY_CODES)
      .flatMap((text) => readRecoveryCode(text) ?? [])
      .filter((code) => unused.has(this.hashOf(who.id, code).toString('base64')));
  }

  private async tellUse(tx: Tx, left: number): Promise<void> {
    const to = { accounts: [tx.who.id] };
    await this.notices.tell(tx, to, { kind: 'recovery-code.used', facts: { left }, href: '/account' });
    if (left <= FEW_LEFT)
      await this.notices.tell(tx, to, { kind: 'recovery-codes.few', facts: { left }, href: '/account/recovery-codes' });
  }

  private hashOf(accountId: string, code: string): Buffer {
    return this.vault.hash('recovery-code', `${accountId} ${code}`);
  }
}

/** Statements that belong into the transaction of a change. */
export const recoveryCodeWrites = {
  /** @returns how many unused ones there were */
  async removeAll(manager: EntityManager, accountId: string): Promise<number> {
    const rows = await manager.query<[{ used_at: Date | null }[], number]>(
      `DELETE FROM core.recovery_code WHERE account_id = $1 RETURNING used_at`,
      [accountId],
    );
    return rows[0].filter((row) => row.used_at === null).length;
  },
};
