import { Injectable } from '@nestjs/common';

/** One reason for which the server calls others. A call for no registered purpose, or to no registered place, is not made. */
export interface EgressPurpose {
  /** `sign-on`: stable, in audit rows. */
  readonly id: string;
  /** i18n key of a sentence that says what leaves the practice and why. */
  readonly leaves: string;
  /** `host:port` of every server this purpose calls at present; empty while it is not set up. */
  places(): readonly string[];
}

/** Everything the server may send anywhere: the list behind "Data leaving the practice". */
@Injectable()
export class EgressRegistry {
  private readonly known = new Map<string, EgressPurpose>();

  /** Called once per purpose, when its module starts. */
  register(purpose: EgressPurpose): void {
    if (this.known.has(purpose.id)) throw new Error(`two egress purposes are called ${purpose.id}`);
    this.known.set(purpose.id, purpose);
  }

  purposes(): readonly EgressPurpose[] {
    return [...this.known.values()];
  }

  allows(purpose: string, place: string): boolean {
    return this.known.get(purpose)?.places().includes(place) ?? false;
  }
}
