import type { EntityManager } from 'typeorm';

export interface DomainEvent {
  readonly id: string;
  readonly type: string;
  readonly key: string;
  readonly payload: Readonly<Record<string, string>>;
}

/** Durable events: one pg-boss job per subscriber, ordered per key, retried, dead-lettered. At least once. */
export abstract class EventBus {
  abstract publishInside(
    manager: EntityManager,
    type: string,
    key: string,
    payload: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** `subscriber` names the queue (`feature.purpose`), `types` are exact event types. Call in onModuleInit. */
  abstract subscribe(subscriber: string, types: readonly string[], handle: (event: DomainEvent) => Promise<void>): void;
}
