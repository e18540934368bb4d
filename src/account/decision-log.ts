import type { DecisionSummary } from '../core/decision.js';
import type { Usage } from '../core/usage.js';

/** One attempt to get the answer. */
export interface AttemptRecord {
  /** `provider/name-there`. */
  readonly upstream: string;
  /** `ok`, the code of the error that ended it, or `resting` if the place was passed over because it rests. */
  readonly outcome: string;
  /** Milliseconds until the answer began, or the attempt failed. */
  readonly ms: number;
  /** What a failed attempt probably cost; absent if it answered or cost nothing. */
  readonly charge?: Charge;
}

/** What an upstream charges for an attempt. */
export interface Charge {
  readonly model: string;
  readonly usage: Usage;
  /** US dollars; `null` when a price is unknown. */
  readonly costUsd: number | null;
}

/** How an exchange ended. */
export interface Outcome {
  /** The status the client got; 499 if it disconnected first. */
  readonly status: number;
  /** `null` for success, else the error's code. */
  readonly error: string | null;
  /** The model that answered; differs from the decision's after a fallback. */
  readonly servedModel: string | null;
  readonly attempts: readonly AttemptRecord[];
  /** Of the answer; without one, of the failed attempts that are billed. */
  readonly usage: Usage | null;
  /** US dollars, by reported or estimated usage, failed attempts included; `null` when all prices are unknown. */
  readonly costUsd: number | null;
  /** The part of `costUsd` that the answer itself cost; `null` if its price is unknown or there is no answer. */
  readonly answerUsd: number | null;
  /** What the reference model would have cost for the same tokens, less `costUsd`; `null` when unknown. */
  readonly savedUsd: number | null;
  readonly finishReason: string | null;
  /** Milliseconds from the request's last byte to the first byte sent. */
  readonly firstByteMs: number | null;
  readonly totalMs: number;
  /** The part of `totalMs` before the first byte that the gateway itself took. */
  readonly overheadMs: number;
}

/** A decision and its outcome, which is `null` while the request is in flight. */
export interface DecisionRecord<Detail> {
  readonly decision: DecisionSummary;
  /** Name of the key that made the request. */
  readonly caller: string;
  /** The data that the decision was made from, to explain it; `null` when the client named the model. */
  readonly detail: Detail | null;
  outcome: Outcome | null;
}

/** The latest decisions, in a ring buffer. Holds no prompt and no answer. */
export class DecisionLog<Detail> {
  readonly #capacity: number;
  /** The ring; the oldest is at `#next` once it is full. */
  readonly #records: DecisionRecord<Detail>[] = [];
  #next = 0;

  /** @param capacity - decisions to keep; 0 keeps none */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(decision: DecisionSummary, caller: string, detail: Detail | null): DecisionRecord<Detail> {
    const record: DecisionRecord<Detail> = { decision, caller, detail, outcome: null };
    if (this.#capacity === 0) return record;
    this.#records[this.#next] = record;
    this.#next = (this.#next + 1) % this.#capacity;
    return record;
  }

  /**
   * Searches all decisions, the latest first: a tenth of a millisecond for ten thousand. Every
   * request adds a decision and few are ever looked up, so an index would not pay.
   *
   * @returns `undefined` for an id that never existed or is no longer kept
   */
  get(id: string): DecisionRecord<Detail> | undefined {
    const records = this.#records;
    for (let back = 1; back <= records.length; back++) {
      const record = records[(this.#next - back + records.length) % records.length];
      if (record?.decision.id === id) return record;
    }
    return undefined;
  }
}
