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
      emailIndex: email ? this.vault.hash('person.email', email, { fold: true }) : null,
      phoneIndex: phone ? this.vault.hash('person.phone', phoneDigits(phone)) : null,
      timeZone: input.timeZone,
    };
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
