/** Lets `burst` messages through at once and `perSecond` in the long run. */
export class TokenBucket {
  private level: number;
  private at: number;

  constructor(
    private readonly burst: number,
    private readonly perSecond: number,
    private readonly now: () => number,
  ) {
    this.level = burst;
    this.at = now();
  }

  /** False when the caller has sent too much. */
  take(): boolean {
    const now = this.now();
    this.level = Math.min(this.burst, this.level + ((now - this.at) / 1000) * this.perSecond);
    this.at = now;
    if (this.level < 1) return false;
    this.level -= 1;
    return true;
  }
}
