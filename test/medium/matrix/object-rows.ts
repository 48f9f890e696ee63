import { randomBytes } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { passkeyLabelPlace } from '../../../src/features/access/accounts/account.places.js';
import { EmergencyWords } from '../../../src/features/people/emergency/emergency-words.js';
import type { Vault } from '../../../src/platform/crypto/vault.js';
import { newId } from '../../../src/platform/ids.js';
import type { ObjectKind } from './object-matrix.js';

/** Whom a row is about, for `rowOf`. */
export interface RowPeople {
  /** Account of whoever asks. */
  readonly own: string;
  readonly owner: string;
  readonly client: () => Promise<string>;
  readonly colleague: () => Promise<string>;
}

/**
 * Objects that are one row and that the application makes only after a ceremony (a passkey, an emergency, a finding of a job): written
 * directly.
 *
 * @returns the parameters of the route
 */
export async function rowOf(
  { dataSource, vault }: { readonly dataSource: DataSource; readonly vault: Vault },
  kind: ObjectKind,
  state: string,
  people: RowPeople,
): Promise<string[]> {
  const id = newId();
  const now = new Date();
  const soon = new Date(now.getTime() + 30 * 60_000);
  const whose = state === 'other' ? await people.colleague() : people.own;
  const run = (text: string, values: readonly unknown[]): Promise<unknown> => dataSource.query(text, [...values]);
  switch (kind) {
    case 'passkey':
      await run(
        `INSERT INTO core.passkey (id, account_id, credential_id, public_key, counter, transports, backed_up, aaguid, label_enc, created_at)
         VALUES ($1, $2, $3, $3, 0, '{}', false, $1, $4, $5)`,
        [id, whose, randomBytes(32), await vault.seal('secret', passkeyLabelPlace(id), 'A key'), now],
      );
      return [id];
    case 'session':
      await run(
        `INSERT INTO core.session
           (id_hash, ref, account_id, stage, created_at, seen_at, proved_at, absolute_until, idle_minutes, browser)
         VALUES ($1, $2, $3, 'full', $4, $4, $4, $5, 15, 'Firefox/Linux')`,
        [randomBytes(32), id, whose, now, soon],
      );
      return [id];
    case 'notice':
      await run(
        `INSERT INTO core.notice (id, account_id, kind, facts, href, created_at) VALUES ($1, $2, 'sign-in.new-browser', '{}', '/account', $3)`,
        [id, whose, now],
      );
      return [id];
    case 'audit-row': {
      const rows: { seq: string }[] = await dataSource.query(
        `SELECT seq::text AS seq FROM core.audit_event ORDER BY seq LIMIT 1`,
      );
      return [rows[0].seq];
    }
    case 'finding':
      await run(
        `INSERT INTO core.review_week (week_start, rows_read, prepared_at) VALUES ('2026-01-05', 0, $1) ON CONFLICT DO NOTHING`,
        [now],
      );
      await run(
        `INSERT INTO core.review_finding
           (id, week_start, rule, actor_kind, actor_id, first_seq, last_seq, first_at, last_at, count, state)
         VALUES ($1, '2026-01-05', 'after-hours', 'user', $2, 1, 1, $3, $3, 1, 'open')`,
        [id, id, now],
      );
      return [id];
    case 'emergency': {
      const words = await new EmergencyWords(vault).seal(id, 'A caller in danger');
      await run(
        `INSERT INTO core.emergency_access (id, account_id, client_id, why, reason_enc, opened_at, until_at, closed_at)
         VALUES ($1, $2, $3, 'danger', $4, $5, $6, $7)`,
        [id, await people.colleague(), await people.client(), words, now, soon, state === 'closed' ? now : null],
      );
      return [id];
    }
    case 'program':
    case 'program-key': {
      const keyId = newId();
      await run(
        `INSERT INTO core.service_principal (id, name, about, state, created_by, created_at) VALUES ($1, 'Log keeper', '', 'active', $2, $3)`,
        [id, people.owner, now],
      );
      await run(
        `INSERT INTO core.api_key (id, principal_id, prefix, secret_hash, scopes, created_by, created_at, expires_at)
         VALUES ($1, $2, $3, $4, '{audit:read}', $5, $6, $7)`,
        [keyId, id, randomBytes(6).toString('hex'), randomBytes(32), people.owner, now, soon],
      );
      return kind === 'program' ? [id] : [id, keyId];
    }
    case 'linked-account': {
      const account = await people.colleague();
      if (state === 'linked')
        await run(
          `INSERT INTO core.sign_on_identity (account_id, issuer, subject_hash, linked_at) VALUES ($1, 'https://id.example', $2, $3)`,
          [account, randomBytes(32), now],
        );
      return [account];
    }
    default:
      throw new Error(`${kind} is no single row`);
  }
}
