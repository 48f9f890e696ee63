import { Injectable } from '@nestjs/common';
import { generateAuthenticationOptions } from '@simplewebauthn/server';
import type { PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import { timingSafeEqual } from 'node:crypto';
import { Clock } from '../../../platform/clock.js';
import { Sql } from '../../../platform/database/sql.js';
import { notFound } from '../../../platform/errors/domain-error.js';
import { Notices } from '../../../platform/ports/notices.js';
import { Work } from '../../../platform/work/work.js';
import type { AccountEntity } from '../accounts/account.entity.js';
import { AccountPerson, type RequestFacts } from '../accounts/account-person.js';
import { AccountRepository } from '../accounts/account.repository.js';
import { checkAuthentication, parseAuthentication, type ProvedPasskey } from './passkey-answer.js';
import { CHALLENGE_FOR } from './passkey-challenge.js';
import { OWN_PASSKEYS, PASSKEY_BY_CREDENTIAL, passkeyWrites } from './passkey.queries.js';
import { PasskeyService } from './passkey.service.js';
import { RelyingParty } from './relying-party.js';

/** What a passkey's answer led to. `account` is known for a refusal when the passkey is, for the audit only. */
export type PasskeyProof =
  | { readonly ok: true; readonly account: AccountEntity }
  | { readonly ok: false; readonly accountId: string | null; readonly reason: 'passkey' | 'passkey counter' };

/** Proving who one is with a passkey: two factors in one act, since the device asks for a finger, a face or a PIN. */
@Injectable()
export class PasskeyProofs {
  constructor(
    private readonly site: RelyingParty,
    private readonly passkeys: PasskeyService,
    private readonly accounts: AccountRepository,
    private readonly person: AccountPerson,
    private readonly notices: Notices,
    private readonly work: Work,
    private readonly sql: Sql,
    private readonly clock: Clock,
  ) {}

  /**
   * What the browser needs to ask for a passkey.
   *
   * @param challenge base64url
   * @param accountId whose passkeys count; without it, every passkey of this site does and the person needs to type no address
   */
  async requestOptions(challenge: string, accountId: string | null): Promise<PublicKeyCredentialRequestOptionsJSON> {
    if (!this.site.available) throw notFound();
    const own = accountId === null ? [] : await this.sql.rows(OWN_PASSKEYS, [accountId]);
    return generateAuthenticationOptions({
      rpID: this.site.id,
      challenge: new Uint8Array(Buffer.from(challenge, 'base64url')),
      timeout: CHALLENGE_FOR,
      userVerification: 'required',
      allowCredentials: own.map((row) => ({
        id: row.credential_id.toString('base64url'),
        transports: [...row.transports],
      })),
    });
  }

  /**
   * Judges an answer and notes the use of the passkey, together with its counter. One that did not count on was copied, or is damaged:
   * it is refused, and its owner is told.
   *
   * @param typed the browser's answer, JSON
   * @param challenge what it was asked with; `undefined` when that is unknown, too old or answered already
   * @param accountId whose passkey it must be, or null for anybody's
   */
  async prove(
    typed: string,
    challenge: string | undefined,
    accountId: string | null,
    request: RequestFacts,
  ): Promise<PasskeyProof> {
    const refused = { ok: false, accountId: null, reason: 'passkey' } as const;
    const response = parseAuthentication(typed);
    if (!response || challenge === undefined || !this.site.available) return refused;
    const row = await this.sql.first(PASSKEY_BY_CREDENTIAL, [Buffer.from(response.id, 'base64url')]);
    if (!row) return refused;
    const key = { credentialId: row.credential_id, publicKey: row.public_key };
    const expected = { challenge, origin: this.site.origin, rpId: this.site.id };
    const proved = await checkAuthentication(response, key, expected);
    const account = await this.accounts.byId(row.account_id);
    const known = { ...refused, accountId: row.account_id };
    if (!proved || account?.state !== 'active') return known;
    if (accountId === null ? !this.isHandle(response.response.userHandle, account.id) : accountId !== account.id)
      return known;
    return (await this.use(row.id, account, proved, request))
      ? { ok: true, account }
      : { ok: false, accountId: account.id, reason: 'passkey counter' };
  }

  private async use(
    id: string,
    account: AccountEntity,
    proved: ProvedPasskey,
    request: RequestFacts,
  ): Promise<boolean> {
    return this.work.run(this.person.principal(account, request), async (tx) => {
      const fresh = await passkeyWrites.use(tx.manager, id, { ...proved, at: this.clock.now() });
      tx.audit({
        action: 'passkey.use',
        object: `account:${account.id}`,
        outcome: fresh ? 'ok' : 'refused',
        reason: fresh ? undefined : 'the counter did not grow',
        facts: { passkey: id },
      });
      if (!fresh) await this.notices.tell(tx, { accounts: [account.id] }, { kind: 'passkey.copied', href: '/account' });
      return fresh;
    });
  }

  /** A passkey that names its own account must name the one it is stored for. */
  private isHandle(given: string | undefined, accountId: string): boolean {
    const wanted = this.passkeys.userHandle(accountId);
    const handle = Buffer.from(given ?? '', 'base64url');
    return handle.length === wanted.length && timingSafeEqual(handle, wanted);
  }
}
