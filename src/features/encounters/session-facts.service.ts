import { Injectable } from '@nestjs/common';
import { Directory } from '../../platform/directory/directory.js';
import { PracticeService } from '../practice/public.js';

/** What pages say about a practice; empty before the first run. */
export interface PracticeFacts {
  readonly name: string;
  readonly phone: string | null;
  /** Entered by the practice for clinicians: local emergency numbers. Never invented. */
  readonly emergencyText: string | null;
}

export interface PersonFacts {
  readonly name: string;
  /** First word of the name: what one says in a sentence and what the other side of a call reads. */
  readonly firstName: string;
  /** Discreet form for frames that others may see, e.g. `Rowan A.` */
  readonly shortName: string;
  readonly pronouns: string | null;
}

/** Names of people and of the practice for the pages of the door, from memory. */
@Injectable()
export class SessionFacts {
  constructor(
    private readonly practices: PracticeService,
    private readonly directory: Directory,
  ) {}

  async practice(): Promise<PracticeFacts> {
    const practice = await this.practices.current();
    return {
      name: practice?.name ?? '',
      phone: practice?.phone ?? null,
      emergencyText: practice?.emergencyText ?? null,
    };
  }

  /** A person who is no longer in the directory has an empty name; pages say "your clinician" or "someone" then. */
  person(id: string): PersonFacts {
    const entry = this.directory.get(id);
    return personFacts(entry?.displayName ?? '', entry?.pronouns ?? null);
  }
}

/** Pure: the forms of one name. */
export function personFacts(name: string, pronouns: string | null): PersonFacts {
  const words = name.split(/\s+/).filter((word) => word !== '');
  const [firstName = ''] = words;
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  const initial = last === undefined ? undefined : Array.from(last)[0];
  return { name, firstName, shortName: initial === undefined ? firstName : `${firstName} ${initial}.`, pronouns };
}
