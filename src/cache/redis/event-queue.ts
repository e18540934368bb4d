import type { SharedEvent } from './shared-log.js';

/** Events that have to reach the other processes, besides stored answers. */
export type RemovalEvent = Extract<SharedEvent, { kind: 'purge' | 'dropped' }>;

/** If more are waiting, they are replaced by a purge of everything. */
const MAX_WAITING = 1_000;

/** Queue of events that are still to be published. */
export class EventQueue {
  #waiting: RemovalEvent[] = [];

  /** @param nowMs - wall clock */
  add(told: RemovalEvent, nowMs: number): void {
    this.#waiting.push(told);
    if (this.#waiting.length <= MAX_WAITING) return;
    this.#waiting = [{ kind: 'purge', purge: { filter: {}, atMs: nowMs } }];
  }

  /** Publishes the events in order; one that fails stays in the queue, with all after it. */
  async send(tell: (told: RemovalEvent) => Promise<void>): Promise<void> {
    for (let told = this.#waiting[0]; told !== undefined; told = this.#waiting[0]) {
      await tell(told);
      if (this.#waiting[0] === told) this.#waiting.shift();
    }
  }
}
