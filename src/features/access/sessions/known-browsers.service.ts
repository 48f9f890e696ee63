import { isIPv6 } from 'node:net';
import { Injectable } from '@nestjs/common';
import { Vault } from '../../../platform/crypto/vault.js';
import { widerNetworkOf } from '../../../platform/http/network-of.js';
import { Notices } from '../../../platform/ports/notices.js';
import type { Tx } from '../../../platform/work/work.js';

const DAY = 24 * 60 * 60_000;
/** A browser nobody came with for so long is new again. In milliseconds. */
const KNOWN_FOR = 90 * DAY;
/** Longer than `KNOWN_FOR`, so that an account that was asleep is told from one that is new. In milliseconds. */
const KEPT_FOR = 400 * DAY;
/** Two networks are used at once when both were within this time. In milliseconds. */
const AT_ONCE = 10 * 60_000;

/** A session that begins. */
export interface BeginningSession {
  readonly accountId: string;
  readonly ref: string;
  /** `Firefox/Linux`. */
  readonly browser: string;
  readonly ip: string | null;
  readonly at: Date;
}

/**
 * Tells people when their account is entered from a browser or a network it was not entered from before, or from two networks far apart
 * at once. Only what the server sees is compared: no address is looked up anywhere, and none is kept here.
 */
@Injectable()
export class KnownBrowsers {
  constructor(
    private readonly vault: Vault,
    private readonly notices: Notices,
  ) {}

  /** In the transaction in which the session begins: there is never the one without the other. */
  async noteInside(tx: Tx, session: BeginningSession): Promise<void> {
    const { accountId, ip } = session;
    const to = { accounts: [accountId] };
    if (await this.isNew(tx, session))
      await this.notices.tell(tx, to, { kind: 'sign-in.new-browser', href: '/account' });
    if (ip !== null && (await this.isElsewhereToo(tx, session, ip)))
      await this.notices.tell(tx, to, { kind: 'sign-in.two-networks', href: '/account' });
  }

  /** True for a mark the account does not know; the first one of all is no news. */
  private async isNew({ manager }: Tx, { accountId, browser, ip, at }: BeginningSession): Promise<boolean> {
    const network = ip === null ? '' : widerNetworkOf(ip, { bytes: 3, groups: 3 });
    const mark = this.vault.hash('known-browser', `${accountId}|${browser}|${network}`);
    const known = await manager.query<{ mark: Buffer; last_seen: Date }[]>(
      'SELECT mark, last_seen FROM core.known_browser WHERE account_id = $1',
      [accountId],
    );
    await manager.query(
      `INSERT INTO core.known_browser (account_id, mark, first_seen, last_seen) VALUES ($1, $2, $3, $3)
       ON CONFLICT (account_id, mark) DO UPDATE SET last_seen = excluded.last_seen`,
      [accountId, mark, at],
    );
    await manager.query('DELETE FROM core.known_browser WHERE account_id = $1 AND last_seen < $2', [
      accountId,
      new Date(at.getTime() - KEPT_FOR),
    ]);
    const since = at.getTime() - KNOWN_FOR;
    return known.length > 0 && !known.some((row) => row.mark.equals(mark) && row.last_seen.getTime() > since);
  }

  /** True when another session of the account was used a moment ago from a network of the same kind that is far from this one. */
  private async isElsewhereToo({ manager }: Tx, session: BeginningSession, ip: string): Promise<boolean> {
    const rows = await manager.query<{ ip: string }[]>(
      `SELECT DISTINCT host(ip) AS ip FROM core.session
        WHERE account_id = $1 AND ref <> $2 AND stage = 'full' AND seen_at > $3 AND ip IS NOT NULL`,
      [session.accountId, session.ref, new Date(session.at.getTime() - AT_ONCE)],
    );
    const far = (address: string): string => widerNetworkOf(address, { bytes: 2, groups: 2 });
    return rows.some((row) => isIPv6(row.ip) === isIPv6(ip) && far(row.ip) !== far(ip));
  }
}
