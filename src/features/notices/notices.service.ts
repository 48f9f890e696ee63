import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ROLES } from '../../platform/access/principal.js';
import { Clock } from '../../platform/clock.js';
import { newId } from '../../platform/ids.js';
import { Notices, type Audience, type Notice } from '../../platform/ports/notices.js';
import type { Tx } from '../../platform/work/work.js';
import { permissionsOf } from '../access/public.js';
import { noticeWrites } from './notice.queries.js';
import { NOTICES_TOPIC } from './unread-counts.js';

/** Tells people inside the change it is about: the rows, the event for whoever sends mail, and the signals commit with it or not at all. */
@Injectable()
export class NoticesService extends Notices {
  constructor(private readonly clock: Clock) {
    super();
  }

  override async tell(tx: Tx, to: Audience, notice: Notice): Promise<void> {
    const accounts = await this.accountsOf(tx.manager, to);
    const [first] = accounts;
    if (first === undefined) return;
    const ids = accounts.map(() => newId());
    await noticeWrites.insert(tx.manager, { ids, accounts, notice, at: this.clock.now() });
    // Whoever passes this on by mail says that there is news and no more, so the event has nothing else to give.
    tx.emit('notice.told', ids[0] ?? first, { accountIds: accounts.join(',') });
    for (const accountId of accounts) {
      tx.live(NOTICES_TOPIC, 'changed', { accountId });
      tx.live(`account:${accountId}`, 'notice');
    }
  }

  private async accountsOf(manager: EntityManager, to: Audience): Promise<string[]> {
    if ('accounts' in to) return noticeWrites.open(manager, to.accounts);
    const all =
      'persons' in to ? await noticeWrites.ofPersons(manager, to.persons) : await this.holdersOf(manager, to.holdersOf);
    return all.filter((id) => id !== to.except);
  }

  /** Asked for by role first, so that a permission of the staff never walks through the accounts of every client. */
  private async holdersOf(manager: EntityManager, permission: string): Promise<string[]> {
    const adjusted = new Map((await noticeWrites.adjustedRoles(manager)).map((row) => [row.role, row.permissions]));
    const roles = ROLES.filter((role) => permissionsOf(role, true, adjusted.get(role) ?? null).has(permission));
    const rows = await noticeWrites.holders(manager, roles);
    return rows
      .filter((row) => permissionsOf(row.role, row.is_clinician, row.permissions).has(permission))
      .map(({ id }) => id);
  }
}
