import { Injectable } from '@nestjs/common';
import { systemPrincipal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { namedQuery, Sql } from '../../../platform/database/sql.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work } from '../../../platform/work/work.js';
import { WARN_DAYS } from './key-scopes.js';
import { notice } from './programs.service.js';
import { serviceKeyWrites } from './service-key.queries.js';

const ANY_ENDING = namedQuery<{ ending: boolean }>(
  'access.any-ending-key',
  `SELECT EXISTS (SELECT 1 FROM core.api_key k JOIN core.service_principal p ON p.id = k.principal_id
                   WHERE p.state = 'active' AND k.revoked_at IS NULL AND k.warned_at IS NULL
                     AND k.expires_at > $1 AND k.expires_at <= $2) AS ending`,
);

/** Tells people two weeks before a key ends, once for each key. */
@Injectable()
export class KeyEndings {
  constructor(
    private readonly sql: Sql,
    private readonly work: Work,
    private readonly notices: Notices,
    private readonly clock: Clock,
  ) {}

  /** Returns how many keys people were told of. Runs daily. */
  async tell(): Promise<number> {
    const now = this.clock.now();
    const until = new Date(now.getTime() + WARN_DAYS * 86_400_000);
    const found = await this.sql.first(ANY_ENDING, [now, until]);
    if (!found?.ending) return 0;
    return this.work.run(systemPrincipal('job:key-endings'), async (tx) => {
      const keys = await serviceKeyWrites.takeEnding(tx.manager, now, until);
      tx.audit({ action: 'key.warn', facts: { keys: keys.length } });
      for (const key of keys)
        await this.notices.tell(tx, { holdersOf: 'keys:manage' }, notice('key.expire', key.principal_id));
      return keys.length;
    });
  }
}
