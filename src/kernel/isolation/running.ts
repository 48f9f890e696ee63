import { AsyncLocalStorage } from 'node:async_hooks';

const context = new AsyncLocalStorage<string>();

/** Calls plugin code so that everything it does, now or later, is known to be the plugin's. */
export function runAs<T>(pluginId: string, call: () => T): T {
  return context.run(pluginId, () => {
    const leave = marker.enter(pluginId);
    try {
      return call();
    } finally {
      leave();
    }
  });
}

/** The plugin whose code is running, or undefined in the core's own. */
export const runningPlugin = (): string | undefined => context.getStore();

/** Leaves the plugin's context: for work of the core that a plugin set off. */
export const runAsCore = <T>(call: () => T): T => context.exit(call);

/**
 * Which plugin the main thread has entered, in memory that the watchdog's thread can read even while the main thread is stuck in native
 * code. Only synchronous stretches are marked: what runs after an `await` is found by its call frames instead.
 */
class Marker {
  /** [0] heartbeat, [1] number of the plugin entered last, 0 for the core. */
  readonly shared = new Int32Array(new SharedArrayBuffer(8));
  private readonly numbers = new Map<string, number>();

  numberOf(pluginId: string): number {
    const number = this.numbers.get(pluginId) ?? this.numbers.size + 1;
    this.numbers.set(pluginId, number);
    return number;
  }

  enter(pluginId: string): () => void {
    const before = Atomics.exchange(this.shared, 1, this.numberOf(pluginId));
    return () => void Atomics.store(this.shared, 1, before);
  }
}

export const marker = new Marker();
