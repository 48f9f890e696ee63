import type { EntityManager } from 'typeorm';

export interface LiveSignal {
  readonly topic: string;
  readonly event: string;
  readonly data: Readonly<Record<string, string>>;
}

/**
 * Signals between processes and to open pages, by NOTIFY: at most once, no content, only "look again". Durable things are events.
 * Topics: `waiting:<clinicianId>`, `arrival:<arrivalId>`, `encounter:<encounterId>`, `account:<accountId>`, `notices`,
 * `plugins`.
 */
export abstract class LiveBus {
  protected readonly resyncListeners = new Set<() => void>();

  /** Sent when the transaction commits. */
  abstract publishInside(
    manager: EntityManager,
    topic: string,
    event: string,
    data?: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** Sent at once, outside any transaction. `data` may be up to 1 MB in all (spooled where NOTIFY is too small). */
  abstract publish(topic: string, event: string, data?: Readonly<Record<string, string>>): Promise<void>;
  /** Calls `listener` for each signal of `topic` from any process, this one included. Returns the way to stop. */
  abstract subscribe(topic: string, listener: (signal: LiveSignal) => void): () => void;

  /**
   * Calls `listener` when signals may have been missed (the database connection was lost and is back): what was built from signals
   * has to be read anew. Returns the way to stop. A bus that cannot lose signals never calls it.
   */
  onResync(listener: () => void): () => void {
    this.resyncListeners.add(listener);
    return () => void this.resyncListeners.delete(listener);
  }
}
