/** What every page shows of the practice; offered by the composition root, because platform knows no feature. */
export abstract class Site {
  /** Name for doors and portal; empty before the first run. */
  abstract name(): Promise<string>;
  /** IANA zone for people whose own is unknown. */
  abstract timeZone(): Promise<string>;
  /** Path of the page a signed-in person starts from. */
  abstract homeOf(permissions: ReadonlySet<string>): string;
}
