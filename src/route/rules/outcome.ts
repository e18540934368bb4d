import type { Capability } from '../../core/model.js';

/** What a policy optimises among the models that keep its promise. */
export type Objective = 'cost' | 'latency' | 'quality';

/** A value and the rule that set it; `rule` is `null` if the policy itself did. */
export interface RuleValue<T> {
  readonly value: T;
  readonly rule: string | null;
  /** The value that would apply without this one; only recorded for `pin` and `prefer`, and absent if there is none. */
  readonly otherwise?: RuleValue<T>;
}

/** A policy with every matching rule applied: all that a decision needs of the rules. */
export interface RuleOutcome {
  readonly policy: string;
  readonly objective: Objective;
  /** 0 to 1: the share of the reference model's success that must be kept on average. */
  readonly keep: RuleValue<number>;
  /** 0 to 1: the share that every single choice must keep; `null` if only the average counts. */
  readonly keepEach: RuleValue<number> | null;
  /** `best` among the candidates, or a model's name. */
  readonly reference: string;
  /** Globs; a candidate must match at least one of every entry. */
  readonly only: readonly RuleValue<readonly string[]>[];
  /** Globs; a candidate must match none. */
  readonly never: readonly RuleValue<readonly string[]>[];
  readonly require: readonly RuleValue<readonly Capability[]>[];
  /** Upper bounds; the smallest of all that apply. */
  readonly limits: {
    readonly costUsd: RuleValue<number> | null;
    readonly latencyMs: RuleValue<number> | null;
    /** Input tokens a request may have; a longer request has no candidate left. */
    readonly contextTokens: RuleValue<number> | null;
  };
  /** Globs in order of preference, or `null`. */
  readonly prefer: RuleValue<readonly string[]> | null;
  /** The model to use, constraints permitting, or `null`. */
  readonly pin: RuleValue<string> | null;
  /** Fallback models, in order; `null` leaves them to the router. */
  readonly fallbacks: RuleValue<readonly string[]> | null;
  /** Names of all rules that matched, in file order. */
  readonly matched: readonly string[];
}
