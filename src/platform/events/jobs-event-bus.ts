import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newId } from '../ids.js';
import { Jobs } from '../jobs/jobs.js';
import { EventBus, type DomainEvent } from './event-bus.js';

/**
 * Events as jobs: one queue per subscriber, one job per event and subscriber, sent in the publisher's transaction and handled in the
 * order of their key. Subscribers are the same in every process, because every process runs the same code; the map therefore needs
 * no look-up in the database while a transaction is open (which would need a second connection and could exhaust the pool).
 */
@Injectable()
export class JobsEventBus extends EventBus {
  private readonly subscribers = new Map<string, Set<string>>();

  constructor(private readonly jobs: Jobs) {
    super();
  }

  async publishInside(
    manager: EntityManager,
    type: string,
    key: string,
    payload: Readonly<Record<string, string>>,
  ): Promise<void> {
    const id = newId();
    for (const queue of this.subscribers.get(type) ?? []) {
      await this.jobs.sendInside(manager, queue, { ...payload, $id: id, $type: type, $key: key }, key);
    }
  }

  subscribe(subscriber: string, types: readonly string[], handle: (event: DomainEvent) => Promise<void>): void {
    for (const type of types) {
      const queues = this.subscribers.get(type) ?? new Set();
      queues.add(subscriber);
      this.subscribers.set(type, queues);
    }
    void this.jobs.define({
      name: subscriber,
      ordered: true,
      handle: ({ $id, $type, $key, ...payload }) => handle({ id: $id, type: $type, key: $key, payload }),
    });
  }
}
