import type { SharedEvent } from './shared-log.js';

/** Events that have to reach the other processes, besides stored answers. */
export type RemovalEvent = Extract<SharedEvent, { kind: 'purge' | 'dropped' }>;

/** If more are waiting, they are replaced by a purge of everything. */
const MAX_WAITING = 1_000;

/** Queue of events that are still to be published. */
export class EventQueue {
  #waiting: RemovalEvent[] = [];

  /** @param nowMs - wall clock */
  add(event: RemovalEvent, nowMs: number): void {
    this.#waiting.push(event);
    if (this.#waiting.length <= MAX_WAITING) return;
    this.#waiting = [{ kind: 'purge', purge: { filter: {}, atMs: nowMs } }];
  }

  /** Publishes the events in order; one that fails stays in the queue, with all after it. */
  async deliver(send: (event: RemovalEvent) => Promise<void>): Promise<void> {
    for (let event = this.#waiting[0]; event !== undefined; event = this.#waiting[0]) {
      await send(event);
      if (this.#waiting[0] === event) this.#waiting.shift();
    }
  }
}
