import { Injectable } from '@nestjs/common';
import type { Principal } from '../../platform/access/principal.js';

/** Something about security that somebody should look at, as the security overview lists it. */
export interface SecurityPoint {
  /** i18n key of a sentence with `count`. */
  readonly text: string;
  readonly count: number;
  /** Where it is looked at; a path of this site the person may open. */
  readonly href: string;
}

/** Says what there is for this person; points with a count of 0 are not shown. One bounded statement at most. */
export type SecurityPointSource = (who: Principal) => Promise<readonly SecurityPoint[]>;

/** Features add in onModuleInit what the owner should look at; the overview knows none of them. */
@Injectable()
export class SecurityPoints {
  private readonly sources: SecurityPointSource[] = [];

  add(source: SecurityPointSource): void {
    this.sources.push(source);
  }

  async of(who: Principal): Promise<SecurityPoint[]> {
    const points = await Promise.all(this.sources.map((source) => source(who)));
    return points.flat().filter(({ count }) => count > 0);
  }
}
