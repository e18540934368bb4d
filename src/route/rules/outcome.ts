import type { Capability } from '../../core/model.js';

/** What a policy strives for among the models that keep its promise. */
export type Objective = 'cost' | 'latency' | 'quality';

/** A value together with the rule that set it; `rule` is `null` when the policy itself did. */
export interface Ruled<T> {
  readonly value: T;
  readonly rule: string | null;
  /** What would hold if this did not: the next that says something of it; absent where nothing does, or nobody asks. */
  readonly otherwise?: Ruled<T>;
}

/** A policy with every matching rule applied: all that `decide` needs to know of the rules. */
export interface RuleOutcome {
  readonly policy: string;
  readonly objective: Objective;
  /** 0 to 1: the share of the reference model's success that must be kept, on average. */
  readonly keep: Ruled<number>;
  /** 0 to 1: the share that every single choice must keep; `null` where only the average counts. */
  readonly keepEach: Ruled<number> | null;
  /** `best` among the candidates, or a model's name. */
  readonly reference: string;
  /** Globs; a candidate must match one of every entry's list. */
  readonly only: readonly Ruled<readonly string[]>[];
  /** Globs; a candidate must match none. */
  readonly never: readonly Ruled<readonly string[]>[];
  readonly require: readonly Ruled<readonly Capability[]>[];
  /** Upper bounds; the smallest of all that apply. */
  readonly limits: {
    readonly costUsd: Ruled<number> | null;
    readonly latencyMs: Ruled<number> | null;
    /** Input tokens a request may have; a longer request has no candidate left. */
    readonly contextTokens: Ruled<number> | null;
  };
  /** Globs in order of preference, or `null`. */
  readonly prefer: Ruled<readonly string[]> | null;
  /** The model to use, constraints permitting, or `null`. */
  readonly pin: Ruled<string> | null;
  /** Models to fall back to, in order; `null` leaves it to the router. */
  readonly fallbacks: Ruled<readonly string[]> | null;
  /** Names of all rules that matched, in file order. */
  readonly matched: readonly string[];
}
