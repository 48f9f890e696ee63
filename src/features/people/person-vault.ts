import { Injectable } from '@nestjs/common';
import { Vault } from '../../platform/crypto/vault.js';
import type { PersonEntity } from './people.entities.js';
import type { PersonInput } from './people.model.js';

/** Encrypted columns of a person with the class of key each is sealed under. */
const FIELDS = {
  legalName: { column: 'legal_name', dataClass: 'directory.name' },
  chosenName: { column: 'chosen_name', dataClass: 'directory.name' },
  pronouns: { column: 'pronouns', dataClass: 'directory.name' },
  birthDate: { column: 'birth', dataClass: 'directory.birth' },
  email: { column: 'email', dataClass: 'directory.contact' },
  phone: { column: 'phone', dataClass: 'directory.contact' },
} as const;
export type PersonField = keyof typeof FIELDS;

/** Blind indexes: equal for two spellings of one address, and of use only with the key. */
export const CONTACT_HASHES = {
  email: (vault: Vault, email: string): Buffer => vault.hash('person.email', email, { fold: true }),
  phone: (vault: Vault, phone: string): Buffer => vault.hash('person.phone', phoneDigits(phone)),
} as const;

/** Seals and opens what is known about a person; the only place that knows which class a field belongs to. */
@Injectable()
export class PersonVault {
  constructor(private readonly vault: Vault) {}

  async seal(id: string, input: PersonInput): Promise<Omit<PersonEntity, 'createdAt'>> {
    const email = input.email ?? null;
    const phone = input.phone ?? null;
    return {
      id,
      legalNameEnc: await this.sealField(id, 'legalName', input.legalName),
      chosenNameEnc: await this.sealOptional(id, 'chosenName', input.chosenName),
      pronounsEnc: await this.sealOptional(id, 'pronouns', input.pronouns),
      birthEnc: await this.sealOptional(id, 'birthDate', input.birthDate),
      emailEnc: await this.sealOptional(id, 'email', email),
      phoneEnc: await this.sealOptional(id, 'phone', phone),
      emailIndex: email ? CONTACT_HASHES.email(this.vault, email) : null,
      phoneIndex: phone ? CONTACT_HASHES.phone(this.vault, phone) : null,
      timeZone: input.timeZone,
    };
  }

  /** As `seal`, without the columns of fields that `input` does not name: they stay as they are. */
  async sealNamed(id: string, input: PersonInput): Promise<Partial<Omit<PersonEntity, 'id' | 'createdAt'>>> {
    const { id: _, ...sealed } = await this.seal(id, input);
    const kept: Partial<typeof sealed> = sealed;
    if (input.birthDate === undefined) delete kept.birthEnc;
    if (input.email === undefined) {
      delete kept.emailEnc;
      delete kept.emailIndex;
    }
    if (input.phone === undefined) {
      delete kept.phoneEnc;
      delete kept.phoneIndex;
    }
    return kept;
  }

  async open(id: string, field: PersonField, ciphertext: Buffer | null): Promise<string | null> {
    if (!ciphertext) return null;
    return this.vault.open(FIELDS[field].dataClass, place(id, field), ciphertext);
  }

  private async sealOptional(id: string, field: PersonField, text: string | null | undefined): Promise<Buffer | null> {
    return text ? this.sealField(id, field, text) : null;
  }

  private sealField(id: string, field: PersonField, text: string): Promise<Buffer> {
    return this.vault.seal(FIELDS[field].dataClass, place(id, field), text);
  }
}

const place = (row: string, field: PersonField) => ({ table: 'person', column: FIELDS[field].column, row });

/** Digits and a leading plus: how two spellings of one number are found to be the same. */
export const phoneDigits = (phone: string): string => phone.replace(/[^\d+]/g, '');
