import { Injectable } from '@nestjs/common';
import { Vault } from '../../../platform/crypto/vault.js';
import type { Privacy } from './arrival.entity.js';

/** What a person said at the door. Null means they preferred not to say, which is an answer and is kept as one. */
export interface DoorAnswers {
  /** Where they are right now, in their words. */
  readonly place: string | null;
  readonly privacy: Privacy;
  /** Someone to call in an emergency, in their words. */
  readonly contact: string | null;
  /** Where the clinician can call them when the video fails; null when not given. */
  readonly phone: string | null;
}

export interface SealedAnswers {
  readonly privacy: Privacy;
  readonly placeDeclined: boolean;
  readonly placeEnc: Buffer | null;
  readonly contactDeclined: boolean;
  readonly contactEnc: Buffer | null;
  readonly phoneEnc: Buffer | null;
}

type Column = 'place_enc' | 'contact_enc' | 'phone_enc' | 'message_enc';

/** Seals and opens what was said at the door with the key of the case; a ciphertext opens only in the row and column it was made for. */
@Injectable()
export class AnswerSeal {
  constructor(private readonly vault: Vault) {}

  async seal(caseId: string, arrivalId: string, answers: DoorAnswers): Promise<SealedAnswers> {
    const [placeEnc, contactEnc, phoneEnc] = await Promise.all([
      this.sealText(caseId, arrivalId, 'place_enc', answers.place),
      this.sealText(caseId, arrivalId, 'contact_enc', answers.contact),
      this.sealText(caseId, arrivalId, 'phone_enc', answers.phone),
    ]);
    const { privacy } = answers;
    return { privacy, placeDeclined: !placeEnc, placeEnc, contactDeclined: !contactEnc, contactEnc, phoneEnc };
  }

  async open(
    caseId: string,
    row: {
      id: string;
      privacy: Privacy;
      place_enc: Buffer | null;
      contact_enc: Buffer | null;
      phone_enc: Buffer | null;
    },
  ): Promise<DoorAnswers> {
    const [place, contact, phone] = await Promise.all([
      this.openText(caseId, row.id, 'place_enc', row.place_enc),
      this.openText(caseId, row.id, 'contact_enc', row.contact_enc),
      this.openText(caseId, row.id, 'phone_enc', row.phone_enc),
    ]);
    return { place, privacy: row.privacy, contact, phone };
  }

  async sealText(caseId: string, row: string, column: Column, text: string | null): Promise<Buffer | null> {
    return text === null ? null : this.vault.seal(`case:${caseId}`, { table: 'core.arrival', column, row }, text);
  }

  async openText(caseId: string, row: string, column: Column, sealed: Buffer | null): Promise<string | null> {
    return sealed === null ? null : this.vault.open(`case:${caseId}`, { table: 'core.arrival', column, row }, sealed);
  }
}
