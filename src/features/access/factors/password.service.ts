import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { Vault } from '../../../platform/crypto/vault.js';
import { DomainError } from '../../../platform/errors/domain-error.js';
import { newSecret } from '../../../platform/ids.js';
import { ACCESS_ERRORS } from '../access.errors.js';
import { lengthOf, LONGEST, normalise, passwordFault } from './password-rules.js';
import { Turnstile } from './turnstile.js';

/** Argon2id with 19 MiB, two passes, one lane: OWASP's floor, about 25 ms here. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Hashing at the same time: more would only make everybody slower. */
const AT_ONCE = 2;
/** Waiting beyond this is refused with 503 rather than piling up (about five seconds of work). */
const WAITING = 400;

/** Hashes and checks passwords; slow by intention, so it also keeps the queue in front of that work short. */
@Injectable()
export class PasswordService {
  private readonly turnstile = new Turnstile(AT_ONCE, WAITING, () => new DomainError(ACCESS_ERRORS['access.busy']));
  private decoy?: Promise<string>;
  private common?: Promise<ReadonlySet<string>>;

  constructor(private readonly vault: Vault) {}

  /** @returns an Argon2id PHC string; the pepper from the key ring is needed to check it. */
  async hash(password: string): Promise<string> {
    return this.turnstile.run(() => hash(normalise(password), { ...COST, secret: this.pepper() }));
  }

  /**
   * Checks a password. Without a stored hash (no such account, no password yet) it does the same work against a decoy and says no, so
   * that the time does not tell which addresses exist.
   */
  async matches(stored: string | null | undefined, password: string): Promise<boolean> {
    const usable = lengthOf(password) <= LONGEST && password !== '';
    const against = stored ?? (await this.decoyHash());
    const same = await this.turnstile.run(() =>
      verify(against, usable ? normalise(password) : 'unusable', { secret: this.pepper() }),
    );
    return same && usable && stored !== null && stored !== undefined;
  }

  /** i18n key of what is wrong with a new password, or `undefined`. `words` are what is guessed first for this person. */
  async fault(
    password: string,
    about: { secondFactor: boolean; words: readonly string[] },
  ): Promise<string | undefined> {
    return passwordFault(normalise(password), { ...about, common: await this.commonPasswords() });
  }

  private pepper(): Buffer {
    return this.vault.derive('password-pepper');
  }

  private decoyHash(): Promise<string> {
    this.decoy ??= this.hash(newSecret());
    return this.decoy;
  }

  /** Tens of thousands of strings that a server needs a few times a week: read at the first use. */
  private commonPasswords(): Promise<ReadonlySet<string>> {
    this.common ??= import('@zxcvbn-ts/language-common').then(
      ({ dictionary }) => new Set(dictionary['passwords-common'].map((word) => word.toLowerCase())),
    );
    return this.common;
  }
}
