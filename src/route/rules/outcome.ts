import type { Capability } from '../../core/model.js';

/** What a policy optimises among the models that keep its promise. */
export type Objective = 'cost' | 'latency' | 'quality';

/** A value and the rule that set it; `rule` is `null` if the policy itself did. */
export interface Ruled<T> {
  readonly value: T;
  readonly rule: string | null;
  /** The value that would apply without this one; only recorded for `pin` and `prefer`, and absent if there is none. */
  readonly otherwise?: Ruled<T>;
}

/** A policy with every matching rule applied: all that a decision needs of the rules. */
export interface RuleOutcome {
  readonly policy: string;
  readonly objective: Objective;
  /** 0 to 1: the share of the reference model's success that must be kept on average. */
  readonly keep: Ruled<number>;
  /** 0 to 1: the share that every single choice must keep; `null` if only the average counts. */
  readonly keepEach: Ruled<number> | null;
  /** `best` among the candidates, or a model's name. */
  readonly reference: string;
  /** Globs; a candidate must match at least one of every entry. */
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
  /** Fallback models, in order; `null` leaves them to the router. */
  readonly fallbacks: Ruled<readonly string[]> | null;
  /** Names of all rules that matched, in file order. */
  readonly matched: readonly string[];
}
