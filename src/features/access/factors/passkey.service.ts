import { Injectable } from '@nestjs/common';
import { generateRegistrationOptions } from '@simplewebauthn/server';
import type { PublicKeyCredentialCreationOptionsJSON } from '@simplewebauthn/server';
import type { Principal } from '../../../platform/access/principal.js';
import { Clock } from '../../../platform/clock.js';
import { Vault } from '../../../platform/crypto/vault.js';
import { Sql } from '../../../platform/database/sql.js';
import { DomainError, notFound } from '../../../platform/errors/domain-error.js';
import { isId, newId } from '../../../platform/ids.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work } from '../../../platform/work/work.js';
import { ACCESS_ERRORS } from '../access.errors.js';
import type { AccountEntity } from '../accounts/account.entity.js';
import { emailPlace, passkeyLabelPlace } from '../accounts/account.places.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { EntryStage } from '../sign-in/entry-stage.js';
import { ALGORITHMS, checkRegistration, parseRegistration } from './passkey-answer.js';
import { CHALLENGE_FOR } from './passkey-challenge.js';
import { OWN_PASSKEYS, passkeyWrites } from './passkey.queries.js';
import { RelyingParty } from './relying-party.js';

/** Far more than anybody owns; a bound for the list and for what browsers are sent. */
const MOST = 20;
export const LONGEST_LABEL = 60;

/** A passkey as its owner sees it. */
export interface OwnPasskey {
  readonly id: string;
  readonly label: string;
  /** True when the maker keeps copies of it in an account of theirs; else it lives in one device only. */
  readonly synced: boolean;
  /** True for a key that is carried along rather than built into a device. */
  readonly portable: boolean;
  readonly addedAt: Date;
  readonly usedAt: Date | null;
}

/** One's own passkeys: seeing, adding, naming, removing. */
@Injectable()
export class PasskeyService {
  constructor(
    private readonly site: RelyingParty,
    private readonly accounts: AccountRepository,
    private readonly entry: EntryStage,
    private readonly notices: Notices,
    private readonly vault: Vault,
    private readonly work: Work,
    private readonly sql: Sql,
    private readonly clock: Clock,
  ) {}

  async list(accountId: string): Promise<OwnPasskey[]> {
    const rows = await this.sql.rows(OWN_PASSKEYS, [accountId]);
    const labels = await this.vault.openMany(
      rows.map((row) => ({ dataClass: 'secret', place: passkeyLabelPlace(row.id), ciphertext: row.label_enc })),
    );
    return rows.map((row, at) => ({
      id: row.id,
      label: labels[at],
      synced: row.backed_up,
      portable: row.transports.includes('usb') || row.transports.includes('nfc'),
      addedAt: row.created_at,
      usedAt: row.last_used_at,
    }));
  }

  /** One of one's own passkeys; somebody else's is as unknown as one that never was. */
  async one(accountId: string, id: string): Promise<OwnPasskey> {
    const found = isId(id) ? (await this.list(accountId)).find((passkey) => passkey.id === id) : undefined;
    if (!found) throw notFound();
    return found;
  }

  /**
   * What the browser needs to make a passkey for this account.
   *
   * @param challenge base64url
   * @param issuer name of the practice, shown by the browser
   */
  async creationOptions(
    account: AccountEntity,
    names: { readonly challenge: string; readonly issuer: string; readonly displayName: string | undefined },
  ): Promise<PublicKeyCredentialCreationOptionsJSON> {
    if (!this.site.available) throw notFound();
    const present = await this.sql.rows(OWN_PASSKEYS, [account.id]);
    const email = await this.vault.open('directory.contact', emailPlace(account.id), account.emailEnc);
    return generateRegistrationOptions({
      rpName: names.issuer,
      rpID: this.site.id,
      userID: new Uint8Array(this.userHandle(account.id)),
      userName: email,
      userDisplayName: names.displayName ?? email,
      challenge: new Uint8Array(Buffer.from(names.challenge, 'base64url')),
      timeout: CHALLENGE_FOR,
      attestationType: 'none',
      excludeCredentials: present.map((row) => ({
        id: row.credential_id.toString('base64url'),
        transports: [...row.transports],
      })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      supportedAlgorithmIDs: ALGORITHMS,
    });
  }

  /**
   * Stores the passkey that the browser made.
   *
   * @param typed the browser's answer, JSON
   * @param challenge what it was asked with; `undefined` when that is unknown, too old or answered already
   * @returns false when the answer is not as asked, or the passkey is known already
   * @throws DomainError `access.many-passkeys`
   */
  async add(who: Principal, typed: string, challenge: string | undefined, label: string): Promise<boolean> {
    const response = parseRegistration(typed);
    if (!response || challenge === undefined || !this.site.available) return false;
    const made = await checkRegistration(response, { challenge, origin: this.site.origin, rpId: this.site.id });
    if (!made) return false;
    const id = newId();
    const labelEnc = await this.vault.seal('secret', passkeyLabelPlace(id), label.slice(0, LONGEST_LABEL));
    return this.work.run(who, async (tx) => {
      await this.accounts.lock(tx.manager, who.id);
      const passkeys = await passkeyWrites.count(tx.manager, who.id);
      if (passkeys >= MOST) throw new DomainError(ACCESS_ERRORS['access.many-passkeys']);
      const row = { ...made, id, accountId: who.id, labelEnc, at: this.clock.now() };
      const added = await passkeyWrites.insert(tx.manager, row);
      tx.audit({
        action: 'passkey.add',
        object: `account:${who.id}`,
        outcome: added ? 'ok' : 'refused',
        facts: { passkey: id, synced: made.backedUp, passkeys: passkeys + Number(added) },
      });
      if (added) await this.notices.tell(tx, { accounts: [who.id] }, { kind: 'passkey.added', href: '/account' });
      return added;
    });
  }

  async rename(who: Principal, id: string, label: string): Promise<void> {
    if (!isId(id)) throw notFound();
    const labelEnc = await this.vault.seal('secret', passkeyLabelPlace(id), label.slice(0, LONGEST_LABEL));
    await this.work.run(who, async (tx) => {
      if (!(await passkeyWrites.rename(tx.manager, who.id, id, labelEnc))) throw notFound();
      tx.audit({ action: 'passkey.rename', object: `account:${who.id}`, facts: { passkey: id } });
    });
  }

  /**
   * Takes a passkey away.
   *
   * @param aloneChecked true when the caller has made sure that the password may stand alone
   * @throws DomainError `access.last-factor` when staff would lose their only second factor, `access.last-way` when nothing would be left
   *   that opens the account, `access.password-alone` when it is the last second factor and the password was not checked
   */
  async remove(who: Principal, id: string, aloneChecked: boolean): Promise<void> {
    if (!isId(id)) throw notFound();
    await this.work.run(who, async (tx) => {
      const account = await this.accounts.lock(tx.manager, who.id);
      if (!account || !(await passkeyWrites.remove(tx.manager, who.id, id))) throw notFound();
      const passkeys = await passkeyWrites.count(tx.manager, who.id);
      const fault = removalFault(account, passkeys, this.entry.mustKeepSecondFactor(account), aloneChecked);
      if (fault) throw new DomainError(fault);
      tx.audit({ action: 'passkey.remove', object: `account:${who.id}`, facts: { passkey: id, passkeys } });
      await this.notices.tell(tx, { accounts: [who.id] }, { kind: 'passkey.removed', href: '/account' });
    });
  }

  /** Name of an account towards authenticators: says nothing about the person and is the same for all their passkeys. */
  userHandle(accountId: string): Buffer {
    return this.vault.hash('passkey.user', accountId);
  }
}

/** Code of why a passkey may not go, when `left` passkeys would remain; `undefined` when it may. */
export function removalFault(
  account: Pick<AccountEntity, 'totpEnc' | 'passwordHash'>,
  left: number,
  mustKeepSecondFactor: boolean,
  aloneChecked: boolean,
): string | undefined {
  if (left > 0) return undefined;
  if (account.totpEnc === null && mustKeepSecondFactor) return ACCESS_ERRORS['access.last-factor'];
  if (account.passwordHash === null) return ACCESS_ERRORS['access.last-way'];
  return account.totpEnc === null && !aloneChecked ? ACCESS_ERRORS['access.password-alone'] : undefined;
}
