import type { DecisionHead } from '../core/decision.js';
import type { Usage } from '../core/usage.js';

/** One try to get the answer. */
export interface AttemptRecord {
  /** `provider/name-there`. */
  readonly upstream: string;
  /** `ok`, the code of the error that ended it, or `resting` where it was not made for now. */
  readonly outcome: string;
  /** Milliseconds until the answer began, or the try failed. */
  readonly ms: number;
  /** What it probably cost though it gave no answer; absent where it gave one, or cost nothing. */
  readonly charge?: Charge;
}

/** What an upstream bills for. */
export interface Charge {
  readonly model: string;
  readonly usage: Usage;
  /** US dollars; `null` when a price is unknown. */
  readonly costUsd: number | null;
}

/** How an exchange ended. */
export interface Outcome {
  /** The status the client got; 499 when it went away first. */
  readonly status: number;
  /** `null` for success, else the error's code. */
  readonly error: string | null;
  /** The model that answered; differs from the decision's after a fallback. */
  readonly servedModel: string | null;
  readonly attempts: readonly AttemptRecord[];
  /** Of the answer; where there is none, of what was billed without one. */
  readonly usage: Usage | null;
  /** US dollars by the usage told or estimated, attempts that failed included; `null` when all prices are unknown. */
  readonly costUsd: number | null;
  /** The part of it that the answer itself cost; `null` when its price is unknown, or there is none. */
  readonly answerUsd: number | null;
  /** Less than the reference model would have cost for the tokens of the answer; `null` when unknown. */
  readonly savedUsd: number | null;
  readonly finishReason: string | null;
  /** Milliseconds from the request's last byte to the first byte sent. */
  readonly firstByteMs: number | null;
  readonly totalMs: number;
  /** The part of `totalMs` before the first byte that the gateway itself took. */
  readonly overheadMs: number;
}

/** A decision and what came of it; `outcome` is `null` while the answer is under way. */
export interface DecisionRecord<Detail> {
  readonly decision: DecisionHead;
  /** Name of the key whose request it is. */
  readonly caller: string;
  /** What the decision was made from, for explaining it; `null` when the client named the model. */
  readonly detail: Detail | null;
  outcome: Outcome | null;
}

/** The latest decisions, the oldest forgotten first. Holds no prompt and no answer. */
export class DecisionLog<Detail> {
  readonly #capacity: number;
  /** In a ring; the oldest is at `#next` once it is full. */
  readonly #records: DecisionRecord<Detail>[] = [];
  #next = 0;

  /** @param capacity - decisions to keep; 0 keeps none */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  add(decision: DecisionHead, caller: string, detail: Detail | null): DecisionRecord<Detail> {
    const record: DecisionRecord<Detail> = { decision, caller, detail, outcome: null };
    if (this.#capacity === 0) return record;
    this.#records[this.#next] = record;
    this.#next = (this.#next + 1) % this.#capacity;
    return record;
  }

  /**
   * Looks through all decisions, the latest first: a tenth of a millisecond for ten thousand. Every
   * request adds a decision and few are ever asked for, so there is no index to keep up.
   *
   * @returns `undefined` for an id that was never given or has been forgotten
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
