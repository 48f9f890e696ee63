const FAILURES = 5;
const REST = 15_000;

/**
 * Stops calling what fails: after five failures in a row calls are refused for a while, then one is let through to see. A success closes it.
 */
export class Breaker {
  private failures = 0;
  private openedAt: number | undefined;
  private trying = false;

  constructor(
    private readonly now: () => number,
    private readonly onChange: (open: boolean) => void = () => undefined,
  ) {}

  get isOpen(): boolean {
    return this.openedAt !== undefined;
  }

  /** Whether a call may be made now. Answering yes while open makes that call the trial. */
  admits(): boolean {
    if (this.openedAt === undefined) return true;
    if (this.trying || this.now() - this.openedAt < REST) return false;
    this.trying = true;
    return true;
  }

  succeeded(): void {
    const wasOpen = this.isOpen;
    this.failures = 0;
    this.openedAt = undefined;
    this.trying = false;
    if (wasOpen) this.onChange(false);
  }

  failed(): void {
    const wasOpen = this.isOpen;
    this.failures += 1;
    this.trying = false;
    if (!wasOpen && this.failures < FAILURES) return;
    this.openedAt = this.now();
    if (!wasOpen) this.onChange(true);
  }
}
