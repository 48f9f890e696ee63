import { createHmac, type KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import type { Principal } from '../access/principal.js';
import { isId, newId } from '../ids.js';
import type { AuditEntry } from './audit-entry.js';
import { canonicalJson } from './canonical-json.js';

/** First in every leaf, so that another list of columns can never make the same one. */
const LEAF_FORMAT = 1;

/** One row of `core.audit_event` as text, before the database gives it a `seq`. Its leaf covers every column but `seq`. */
export interface AuditRow {
  readonly id: string;
  /** Seconds since 1970 with six decimals, as PostgreSQL's `extract(epoch ...)` prints them. */
  readonly at: string;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly role: string | null;
  readonly session_ref: string | null;
  readonly request_id: string | null;
  readonly ip: string | null;
  readonly action: string;
  readonly object: string | null;
  readonly client_id: string | null;
  readonly outcome: string;
  readonly reason: string | null;
  /** JSON text, or null. */
  readonly facts: string | null;
}

/** The row of an entry. Throws on a client id that is no id: a programming error, and better here than inside a shared insert. */
export function auditRow(who: Principal, entry: AuditEntry, now: Date): AuditRow {
  if (entry.clientId !== undefined && !isId(entry.clientId))
    throw new TypeError('an audit entry has a malformed client id');
  return {
    id: newId(),
    at: epochText(now),
    actor_kind: who.kind,
    actor_id: storable(who.id),
    role: who.role ?? null,
    session_ref: optional(who.sessionId),
    request_id: optional(who.requestId),
    ip: storableIp(who.ip),
    action: storable(entry.action),
    object: optional(entry.object),
    client_id: entry.clientId?.toLowerCase() ?? null,
    outcome: entry.outcome ?? 'ok',
    reason: optional(entry.reason),
    facts: entry.facts ? factsText(entry.facts) : null,
  };
}

/** HMAC-SHA-256 over the canonical JSON of all columns: only somebody with the audit key can make a row that passes. */
export function auditLeaf(key: KeyObject, row: AuditRow): Buffer {
  const { facts } = row;
  const content = [
    LEAF_FORMAT,
    row.id,
    row.at,
    row.actor_kind,
    row.actor_id,
    row.role,
    row.session_ref,
    row.request_id,
    spelled(row.ip),
    row.action,
    row.object,
    row.client_id,
    row.outcome,
    row.reason,
    facts === null ? null : canonicalFacts(facts),
  ];
  return createHmac('sha256', key).update(JSON.stringify(content)).digest();
}

/** PostgreSQL takes neither U+0000 nor half a surrogate pair; hostile input must not be able to make its own audit row fail. */
const storable = (text: string): string => Buffer.from(text).toString().replaceAll('\0', '\uFFFD');
const optional = (text: string | undefined): string | null => (text === undefined ? null : storable(text));

/** A moment as PostgreSQL's `extract(epoch ...)` prints it. */
export const epochText = (at: Date): string => {
  const ms = at.getTime();
  return `${Math.floor(ms / 1000)}.${String(((ms % 1000) + 1000) % 1000).padStart(3, '0')}000`;
};

function factsText(facts: NonNullable<AuditEntry['facts']>): string {
  const stored = Object.entries(facts).map(([key, value]) => {
    if (typeof value === 'string') return [storable(key), storable(value)];
    // PostgreSQL would print such a number in other digits than JavaScript, and the row would look changed.
    if (typeof value === 'number' && !isPlainNumber(value)) return [storable(key), String(value)];
    return [storable(key), value];
  });
  return JSON.stringify(Object.fromEntries(stored));
}

const isPlainNumber = (value: number): boolean => Number.isFinite(value) && !String(value).includes('e');

/** The canonical form of facts read back; a number written in any other way than ours stays visible as a difference. */
function canonicalFacts(text: string): string {
  const value: unknown = JSON.parse(text, (_key, part: unknown, context?: { source?: string }) =>
    typeof part === 'number' && context?.source !== undefined && context.source !== String(part)
      ? `number ${context.source}`
      : part,
  );
  return canonicalJson(value);
}

/** An address as it goes in: zone dropped, IPv4 in IPv6 unwrapped; null for what is no address. */
function storableIp(text: string | undefined): string | null {
  const address = text?.split('%')[0].replace(/^::ffff:(?=\d+\.)/i, '') ?? '';
  return isIP(address) === 0 ? null : address;
}

/** PostgreSQL and Node may spell one IPv6 address differently; everything else is compared as it stands. */
const spelled = (ip: string | null): string | null =>
  ip !== null && isIP(ip) === 6 ? new URL(`http://[${ip}]`).hostname : ip;
