import { Injectable } from '@nestjs/common';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { Sql } from '../../../platform/database/sql.js';
import { AccountPerson } from './account-person.js';
import { PORTAL_LINES, STAFF_LINES, type AccountLineRow } from './account-line.queries.js';
import { emailPlace } from './account.places.js';
import type { AccountState } from './account.entity.js';
import { EMAIL_BACK_FOR, EMAIL_WISH_FOR, RESET_WAITS_FOR } from './waiting.rules.js';

/** An account as the people who look after it see it. Times are instants. */
export interface AccountLine {
  readonly id: string;
  readonly role: AccountLineRow['role'];
  readonly personId: string | null;
  readonly name: string | null;
  readonly email: string;
  readonly state: AccountState;
  /** Codes from an app are on. */
  readonly code: boolean;
  readonly passkeys: number;
  readonly secondFactor: boolean;
  readonly lastSeen: Date | null;
  /** When the invitation stops working; null when none is out. */
  readonly inviteUntil: Date | null;
  /** When this person last asked for a new password; null when nothing waits. */
  readonly asksPassword: Date | null;
  /** When this person asked to sign in with another address, not confirmed yet. */
  readonly asksEmail: Date | null;
  /** Until when the former address can be put back; null when there is none. */
  readonly emailBackUntil: Date | null;
  readonly recovery: OpenRecovery | null;
}

/** A lost second factor that somebody has looked into and another one still has to. */
export interface OpenRecovery {
  readonly id: string;
  /** Account that opened it; null for the server's console. */
  readonly openedBy: string | null;
  readonly how: string;
  readonly until: Date;
}

/** Accounts as lines for lists. Checks nobody's rights; whoever asks has done so. */
@Injectable()
export class AccountLines {
  constructor(
    private readonly sql: Sql,
    private readonly vault: Vault,
    private readonly person: AccountPerson,
    private readonly clock: Clock,
  ) {}

  async staff(): Promise<AccountLine[]> {
    return this.lines(await this.sql.rows(STAFF_LINES, [this.clock.now()]));
  }

  /** Portal accounts of these people: clients, guardians, representatives. */
  async ofPersons(personIds: readonly string[]): Promise<AccountLine[]> {
    return this.lines(await this.sql.rows(PORTAL_LINES, [this.clock.now(), personIds]));
  }

  private async lines(rows: readonly AccountLineRow[]): Promise<AccountLine[]> {
    const emails = await this.vault.openMany(
      rows.map((row) => ({
        dataClass: 'directory.contact',
        place: emailPlace(row.id),
        ciphertext: row.email_enc,
      })),
    );
    return rows.map((row, at) => lineOf(row, emails[at], this.person.name(row.person_id) ?? null, this.clock.now()));
  }
}

function lineOf(row: AccountLineRow, email: string, name: string | null, now: Date): AccountLine {
  const backUntil = row.email_changed_at && new Date(row.email_changed_at.getTime() + EMAIL_BACK_FOR);
  return {
    id: row.id,
    role: row.role,
    personId: row.person_id,
    name,
    email,
    state: row.state,
    code: row.code,
    passkeys: row.passkeys,
    secondFactor: row.code || row.passkeys > 0,
    lastSeen: row.last_seen,
    inviteUntil: row.state === 'invited' ? row.invite_until : null,
    asksPassword: young(row.password_asked_at, RESET_WAITS_FOR, now),
    asksEmail: young(row.email_asked_at, EMAIL_WISH_FOR, now),
    emailBackUntil: backUntil && backUntil > now ? backUntil : null,
    recovery:
      row.recovery_id !== null && row.recovery_until !== null
        ? { id: row.recovery_id, openedBy: row.recovery_by, how: row.recovery_how ?? '', until: row.recovery_until }
        : null,
  };
}

/** A moment that is not longer ago than this; older requests were settled in some other way. */
const young = (at: Date | null, limit: number, now: Date): Date | null =>
  at !== null && now.getTime() - at.getTime() < limit ? at : null;
