import { Injectable } from '@nestjs/common';
import { Vault } from '../../../platform/crypto/vault.js';
import { PracticeService } from '../../practice/public.js';
import { PasswordService } from '../factors/password.service.js';
import { EntryStage } from '../sign-in/entry-stage.js';
import type { AccountEntity } from './account.entity.js';
import { AccountPerson } from './account-person.js';
import { emailPlace } from './account.places.js';

type Owner = Pick<AccountEntity, 'id' | 'role' | 'personId' | 'totpEnc' | 'emailEnc'>;

/** Judges passwords that people choose from a link, where nobody is signed in. */
@Injectable()
export class NewPasswords {
  constructor(
    private readonly passwords: PasswordService,
    private readonly entry: EntryStage,
    private readonly person: AccountPerson,
    private readonly practice: PracticeService,
    private readonly vault: Vault,
  ) {}

  /** Whether a second factor stands beside the password, or must be set up before anything opens: then it may be shorter. */
  async besideSecondFactor(account: Owner): Promise<boolean> {
    return this.entry.mustKeepSecondFactor(account) || (await this.entry.hasSecondFactor(account));
  }

  /** i18n key of what is wrong with this password for this account, or `undefined`. */
  async fault(account: Owner, password: string, secondFactor: boolean): Promise<string | undefined> {
    if (password === '') return 'access:password.fault.empty';
    const words = [
      await this.email(account),
      this.person.name(account.personId) ?? '',
      (await this.practice.current())?.name ?? '',
    ];
    return this.passwords.fault(password, { secondFactor, words });
  }

  async email(account: Pick<Owner, 'id' | 'emailEnc'>): Promise<string> {
    return this.vault.open('directory.contact', emailPlace(account.id), account.emailEnc);
  }
}
