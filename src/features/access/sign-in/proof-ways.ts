import { Injectable } from '@nestjs/common';

/** A way of proving again that lies outside of this site, for accounts that have no other: an identity provider. */
export interface ProofWay {
  /** i18n key of the link. */
  readonly label: string;
  /** Says whether this account can prove itself this way. */
  isFor(accountId: string): Promise<boolean>;
  /** Path of this site that begins it; it ends with `ProofAgain.goOn` and goes on to `next`. */
  hrefFor(next: string): string;
}

/** Further ways on the page "Confirm it is you"; whoever offers one registers it when its module starts. */
@Injectable()
export class ProofWays {
  private readonly ways: ProofWay[] = [];

  register(way: ProofWay): void {
    this.ways.push(way);
  }

  async of(accountId: string, next: string): Promise<{ readonly label: string; readonly href: string }[]> {
    const fitting = await Promise.all(this.ways.map(async (way) => ((await way.isFor(accountId)) ? [way] : [])));
    return fitting.flat().map((way) => ({ label: way.label, href: way.hrefFor(next) }));
  }
}
