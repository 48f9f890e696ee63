/** Lets a few pieces of heavy work run at once, a bounded number wait in order, and refuses the rest. */
export class Turnstile {
  private running = 0;
  private readonly queue: (() => void)[] = [];

  constructor(
    private readonly atOnce: number,
    private readonly waiting: number,
    /** Makes the error for work that finds the queue full. */
    private readonly full: () => Error,
  ) {}

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.atOnce) {
      if (this.queue.length >= this.waiting) throw this.full();
      await new Promise<void>((resolve) => this.queue.push(resolve));
    } else this.running += 1;
    try {
      return await work();
    } finally {
      // The place is handed on, not given back: nobody who comes now may overtake.
      const next = this.queue.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
