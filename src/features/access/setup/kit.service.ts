import { Injectable } from '@nestjs/common';
import { can, type Principal } from '../../../platform/access/principal.js';
import { AuditWriter } from '../../../platform/audit/audit-writer.js';
import { Clock } from '../../../platform/clock.js';
import { KeyRingHolder } from '../../../platform/crypto/key-ring.holder.js';
import { confirmsKit, recoveryKit, type RecoveryKit } from '../../../platform/crypto/recovery-kit.js';
import { namedQuery, Sql } from '../../../platform/database/sql.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { Work } from '../../../platform/work/work.js';

const CONFIRMED = namedQuery<{ confirmed_at: Date }>(
  'access.kit-confirmed',
  `SELECT confirmed_at FROM core.kit_confirmation WHERE master_id = $1`,
);

/** The recovery kit of the present key ring: shown until somebody has typed its last group back. Needs `practice:manage`. */
@Injectable()
export class KitService {
  constructor(
    private readonly keys: KeyRingHolder,
    private readonly sql: Sql,
    private readonly work: Work,
    private readonly auditWriter: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /** When the kit of the present keys was confirmed; `undefined` when it was not. */
  async confirmedAt(): Promise<Date | undefined> {
    return (await this.sql.first(CONFIRMED, [this.keys.ring.current]))?.confirmed_at;
  }

  /** The kit, while it is not confirmed; afterwards it is only to be had on the server's own command line. */
  async show(who: Principal): Promise<RecoveryKit> {
    if (!can(who, 'practice:manage') || (await this.confirmedAt())) throw notFound();
    await this.auditWriter.record(who, { action: 'kit.show', object: `keys:${this.keys.ring.current}` });
    return recoveryKit(this.keys.ring);
  }

  /** @returns false when the word is not the kit's last group */
  async confirm(who: Principal, typed: string): Promise<boolean> {
    if (!can(who, 'practice:manage')) throw notFound();
    const { ring } = this.keys;
    if (!confirmsKit(recoveryKit(ring), typed)) return false;
    await this.work.run(who, async (tx) => {
      await tx.manager.query(
        `INSERT INTO core.kit_confirmation (master_id, account_id, confirmed_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING`,
        [ring.current, who.id, this.clock.now()],
      );
      tx.audit({ action: 'kit.confirm', object: `keys:${ring.current}` });
    });
    return true;
  }
}
