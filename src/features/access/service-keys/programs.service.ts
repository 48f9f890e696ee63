import { Injectable } from '@nestjs/common';
import { can, type Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Sql } from '../../../platform/database/sql.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { isId, newId } from '../../../platform/ids.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work, type Tx } from '../../../platform/work/work.js';
import { ACCESS_ERRORS } from '../access.errors.js';
import { AccountPeople } from '../accounts/account-people.js';
import { AccountPerson } from '../accounts/account-person.js';
import { isKeyScope, LONGEST_LIFE, WARN_DAYS, type KeyScope } from './key-scopes.js';
import { newKey } from './key-text.js';
import { KEYS, PROGRAMS, serviceKeyWrites, type KeyRow, type ProgramRow } from './service-key.queries.js';

const DAY = 86_400_000;

/** A key as people may see it: never its secret, which nobody has but its program. */
export interface ApiKey {
  readonly id: string;
  /** The ten characters after `alc_`. */
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly state: 'living' | 'expired' | 'revoked';
  readonly createdAt: Date;
  readonly createdBy: string | null;
  /** False when whoever made it can no longer sign in. */
  readonly creatorActive: boolean;
  readonly expiresAt: Date;
  /** True while it lives and people should make the next one. */
  readonly endsSoon: boolean;
  readonly lastUsedAt: Date | null;
  readonly lastUsedIp: string | null;
  readonly revokedAt: Date | null;
}

/** A service principal: a program with a name of its own, so that the audit says which one it was. */
export interface Program {
  readonly id: string;
  readonly name: string;
  readonly about: string;
  readonly state: 'active' | 'ended';
  readonly createdAt: Date;
  readonly createdBy: string | null;
  readonly endedAt: Date | null;
  /** Newest first. */
  readonly keys: readonly ApiKey[];
}

/** Programs that read from the practice, and their keys. All of it needs `keys:manage`. */
@Injectable()
export class Programs {
  constructor(
    private readonly sql: Sql,
    private readonly work: Work,
    private readonly people: AccountPeople,
    private readonly person: AccountPerson,
    private readonly notices: Notices,
    private readonly clock: Clock,
  ) {}

  /** Every program, the oldest first, ended ones included. */
  async list(who: Principal): Promise<Program[]> {
    if (!can(who, 'keys:manage')) throw notFound();
    const programs = await this.sql.rows(PROGRAMS);
    const keys = await this.sql.rows(KEYS, [programs.map((row) => row.id)]);
    const makers = await this.people.of([...programs, ...keys].map((row) => row.created_by));
    const name = (id: string): string | null => this.person.name(makers.get(id)?.personId ?? null) ?? null;
    const now = this.clock.now().getTime();
    return programs.map((row) =>
      programOf(
        row,
        keys.filter((key) => key.principal_id === row.id),
        { name, now },
      ),
    );
  }

  /** @throws DomainError `not-found` */
  async one(who: Principal, id: string): Promise<Program> {
    const found = (await this.list(who)).find((program) => program.id === id);
    if (!found) throw notFound();
    return found;
  }

  /** Adds a program without any key. Returns its id. */
  async create(who: Principal, input: { readonly name: string; readonly about: string }): Promise<string> {
    if (!can(who, 'keys:manage')) throw notFound();
    const id = newId();
    await this.work.run(who, async (tx) => {
      const at = this.clock.now();
      await serviceKeyWrites.insertProgram(tx.manager, { id, name: input.name, about: input.about, by: who.id, at });
      tx.audit({ action: 'program.create', object: `program:${id}` });
    });
    return id;
  }

  /**
   * Makes a key. A program may have several, so that one can be replaced without a pause.
   *
   * @param input.days its life
   * @returns the key's text: the only time that anybody sees it
   * @throws DomainError `access.scope-refused` for scopes that do not exist or that `who` does not hold, `access.key-lifetime`,
   * `access.program-ended`
   */
  async createKey(
    who: Principal,
    programId: string,
    input: { readonly scopes: readonly string[]; readonly days: number },
  ): Promise<{ readonly id: string; readonly text: string }> {
    if (!can(who, 'keys:manage')) throw notFound();
    const scopes = scopesFor(who, input.scopes);
    if (!Number.isInteger(input.days) || input.days < 1 || input.days > LONGEST_LIFE)
      throw new DomainError(ACCESS_ERRORS['access.key-lifetime']);
    return this.work.run(who, async (tx) => {
      if ((await this.lock(tx, programId)) === 'ended') throw new DomainError(ACCESS_ERRORS['access.program-ended']);
      const [id, key, at] = [newId(), newKey(), this.clock.now()];
      const until = new Date(at.getTime() + input.days * DAY);
      const row = { id, principalId: programId, prefix: key.prefix, hash: key.hash, scopes, by: who.id, at, until };
      await serviceKeyWrites.insertKey(tx.manager, row);
      const facts = { key: id, scopes: scopes.join(' '), days: input.days };
      tx.audit({ action: 'key.create', object: `program:${programId}`, facts });
      tx.emit('key.created', programId, { programId, keyId: id });
      await this.notices.tell(tx, { holdersOf: 'keys:manage', except: who.id }, notice('key.create', programId));
      return { id, text: key.text };
    });
  }

  /** Ends a key; the next request with it is refused. A key that has ended already is as unknown as one that never was. */
  async revokeKey(who: Principal, programId: string, keyId: string): Promise<void> {
    if (!can(who, 'keys:manage') || !isId(keyId)) throw notFound();
    await this.work.run(who, async (tx) => {
      await this.lock(tx, programId);
      if ((await serviceKeyWrites.revoke(tx.manager, programId, keyId, this.clock.now())) === 0) throw notFound();
      tx.audit({ action: 'key.revoke', object: `program:${programId}`, facts: { key: keyId } });
      tx.emit('key.revoked', programId, { programId, keyId });
    });
  }

  /** Ends a program and all its keys for good. Its id stays its own. */
  async end(who: Principal, programId: string): Promise<void> {
    if (!can(who, 'keys:manage')) throw notFound();
    await this.work.run(who, async (tx) => {
      if ((await this.lock(tx, programId)) === 'ended') throw notFound();
      const at = this.clock.now();
      await serviceKeyWrites.endProgram(tx.manager, programId, at);
      const keys = await serviceKeyWrites.revoke(tx.manager, programId, null, at);
      tx.audit({ action: 'program.end', object: `program:${programId}`, facts: { keys } });
      tx.emit('program.ended', programId, { programId });
    });
  }

  private async lock(tx: Tx, programId: string): Promise<'active' | 'ended'> {
    const state = isId(programId) ? await serviceKeyWrites.lockProgram(tx.manager, programId) : undefined;
    if (!state) throw notFound();
    return state;
  }
}

export const notice = (kind: string, programId: string): { kind: string; href: string } => ({
  kind,
  href: `/admin/programs/${programId}`,
});

/** Nobody gives what they do not hold, and a key is never given everything. */
function scopesFor(who: Principal, wanted: readonly string[]): KeyScope[] {
  const scopes = [...new Set(wanted)];
  const allowed = scopes.filter(isKeyScope).filter((scope) => can(who, scope));
  if (scopes.length === 0 || allowed.length !== scopes.length)
    throw new DomainError(ACCESS_ERRORS['access.scope-refused']);
  return allowed.sort();
}

interface Reading {
  readonly name: (accountId: string) => string | null;
  readonly now: number;
}

const programOf = (row: ProgramRow, keys: readonly KeyRow[], reading: Reading): Program => ({
  id: row.id,
  name: row.name,
  about: row.about,
  state: row.state,
  createdAt: row.created_at,
  createdBy: reading.name(row.created_by),
  endedAt: row.ended_at,
  keys: keys.map((key) => keyOf(key, reading)),
});

function keyOf(row: KeyRow, { name, now }: Reading): ApiKey {
  const left = row.expires_at.getTime() - now;
  const state = row.revoked_at ? 'revoked' : left <= 0 ? 'expired' : 'living';
  return {
    id: row.id,
    prefix: row.prefix,
    scopes: row.scopes,
    state,
    createdAt: row.created_at,
    createdBy: name(row.created_by),
    creatorActive: row.creator_active,
    expiresAt: row.expires_at,
    endsSoon: state === 'living' && left <= WARN_DAYS * DAY,
    lastUsedAt: row.last_used_at,
    lastUsedIp: row.last_used_ip,
    revokedAt: row.revoked_at,
  };
}
