import type { SharedEvent } from './shared-log.js';

/** What others have to be told besides what is kept. */
export type Told = Extract<SharedEvent, { kind: 'purge' | 'dropped' }>;

/** When more waits for Redis, all that was kept until then is purged instead. */
const MOST_UNTOLD = 1_000;

/** What is still to be told, in its order. */
export class Untold {
  #waiting: Told[] = [];

  /** @param nowMs - wall clock */
  add(told: Told, nowMs: number): void {
    this.#waiting.push(told);
    if (this.#waiting.length <= MOST_UNTOLD) return;
    this.#waiting = [{ kind: 'purge', purge: { filter: {}, atMs: nowMs } }];
  }

  /** Has each told, one after another; one that fails stays, with all behind it. */
  async send(tell: (told: Told) => Promise<void>): Promise<void> {
    for (let told = this.#waiting[0]; told !== undefined; told = this.#waiting[0]) {
      await tell(told);
      if (this.#waiting[0] === told) this.#waiting.shift();
    }
  }
}
