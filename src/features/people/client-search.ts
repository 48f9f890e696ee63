import { Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/access/principal.js';
import { Vault } from '../../platform/crypto/vault.js';
import { namedQuery, Sql } from '../../platform/database/sql.js';
import { seesClass } from './field-policy.js';
import { CONTACT_HASHES, phoneDigits } from './person-vault.js';

const BY_CONTACT = namedQuery<{ id: string }>(
  'people.by-contact',
  `SELECT p.id FROM core.person p JOIN core.client c ON c.id = p.id
    WHERE p.email_index = $1::bytea OR p.phone_index = $2::bytea ORDER BY p.id LIMIT 50`,
);

const EMAIL = /^\S+@\S+\.\S+$/;
const PHONE = /^[+()\d\s./-]+$/;
/** Shorter ones are client numbers. */
const FEWEST_DIGITS = 7;

/** Finds clients by a whole email address or phone number, through the keyed hashes; parts of one are found by nobody. */
@Injectable()
export class ClientSearch {
  constructor(
    private readonly vault: Vault,
    private readonly sql: Sql,
  ) {}

  /**
   * Ids of the clients who can be reached so; families share an address. Undefined when `query` is neither, or when this reader does not
   * see contact data: it is a name like any other then.
   */
  async byContact(who: Principal, query: string): Promise<ReadonlySet<string> | undefined> {
    if (!seesClass(who, 'contact')) return undefined;
    const email = EMAIL.test(query) ? CONTACT_HASHES.email(this.vault, query) : null;
    const isPhone = PHONE.test(query) && phoneDigits(query).length >= FEWEST_DIGITS;
    const phone = isPhone ? CONTACT_HASHES.phone(this.vault, query) : null;
    if (!email && !phone) return undefined;
    return new Set((await this.sql.rows(BY_CONTACT, [email, phone])).map(({ id }) => id));
  }
}
