import type { LiveSignal } from './live-bus.js';

type Listener = (signal: LiveSignal) => void;

/** Who listens to which topic in this process; topics are compared exactly. */
export class LiveListeners {
  private readonly byTopic = new Map<string, Set<Listener>>();

  constructor(private readonly onFailure: (error: unknown) => void) {}

  /** Returns the way to stop. */
  add(topic: string, listener: Listener): () => void {
    const listeners = this.byTopic.get(topic) ?? new Set();
    // A function given twice listens twice, and each stops for itself.
    const own: Listener = (signal) => listener(signal);
    listeners.add(own);
    this.byTopic.set(topic, listeners);
    return () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.byTopic.get(topic) === listeners) this.byTopic.delete(topic);
    };
  }

  /** Tells everyone; a listener that throws does not keep the signal from the others. */
  tell(signal: LiveSignal): void {
    // A copy: who begins to listen because of this signal does not hear it too.
    for (const listener of Array.from(this.byTopic.get(signal.topic) ?? [])) {
      try {
        listener(signal);
      } catch (error) {
        this.onFailure(error);
      }
    }
  }

  /** Number of topics somebody listens to. */
  get topicCount(): number {
    return this.byTopic.size;
  }
}
