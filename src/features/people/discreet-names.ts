import { Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/access/principal.js';
import { Directory, type DirectoryEntry } from '../../platform/directory/directory.js';
import { discreetName } from './names.js';

/** How this reader sees names, for the length of one page. */
export interface NameView {
  readonly hidden: boolean;
  /** The name or its discreet form; an empty text for an id nobody has. */
  name(personId: string): string;
  /** The same for an entry that is at hand. */
  of(entry: DirectoryEntry): string;
}

/** "Hide names": for when somebody can see the screen. Kept with the account until it is turned off, on every page. */
@Injectable()
export class DiscreetNames {
  constructor(private readonly directory: Directory) {}

  /** No statement: the preference came with the session. */
  viewFor(who: Principal): NameView {
    const hidden = who.namesHidden ?? false;
    const of = (entry: DirectoryEntry): string =>
      hidden && entry.kinds.includes('client') ? discreetName(entry.displayName, entry.number) : entry.displayName;
    return {
      hidden,
      of,
      name: (personId) => {
        const entry = this.directory.get(personId);
        return entry ? of(entry) : '';
      },
    };
  }
}
