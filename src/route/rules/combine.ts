import type { Capability } from '../../core/model.js';
import type { RuleOutcome, RuleValue } from './outcome.js';
import type { Policy, Rule } from './schema.js';

/** The constraints and settings of one rule or policy, prepared once for all requests. */
export interface RuleSettings {
  readonly only: RuleValue<readonly string[]> | null;
  readonly never: RuleValue<readonly string[]> | null;
  readonly require: RuleValue<readonly Capability[]> | null;
  readonly costUsd: RuleValue<number> | null;
  readonly latencyMs: RuleValue<number> | null;
  readonly contextTokens: RuleValue<number> | null;
  readonly keep: RuleValue<number> | null;
  readonly keepEach: RuleValue<number> | null;
  readonly prefer: RuleValue<readonly string[]> | null;
  readonly pin: RuleValue<string> | null;
  readonly fallbacks: RuleValue<readonly string[]> | null;
}

/** The default of `keep`, if neither a rule nor the policy sets it. */
const KEEP_ALL: RuleValue<number> = { value: 1, rule: null };

/** @param rule - the rule's name, `null` for a policy */
export function settingsOf(rule: string | null, written: Policy | Rule): RuleSettings {
  const withRule = <T>(value: T | undefined): RuleValue<T> | null =>
    value === undefined ? null : { value, rule };
  return {
    only: withRule(written.only),
    never: withRule(written.never),
    require: withRule(written.require),
    costUsd: withRule(written.limit?.cost_usd),
    latencyMs: withRule(written.limit?.latency_ms),
    contextTokens: withRule(written.limit?.context_tokens),
    keep: withRule(written.keep),
    keepEach: withRule(written.keep_each),
    prefer: withRule(written.prefer),
    pin: withRule(written.pin),
    fallbacks: withRule(written.fallbacks),
  };
}

/** A policy, prepared for requests. */
export interface PolicySettings {
  readonly name: string;
  readonly policy: Policy;
  readonly own: RuleSettings;
}

/** A rule that matched. */
export interface MatchedRule {
  readonly name: string;
  readonly settings: RuleSettings;
}

/**
 * Combines a policy with the rules that matched.
 *
 * Constraints accumulate, and of limits the smallest applies; for each setting, the first rule that has
 * it wins, and the policy's own value applies if no rule has it.
 *
 * @param matched - in file order
 */
export function combine(policy: PolicySettings, matched: readonly MatchedRule[]): RuleOutcome {
  const rules = matched.map((rule) => rule.settings);
  const constraints = [policy.own, ...rules];
  const settings = [...rules, policy.own];
  return {
    policy: policy.name,
    objective: policy.policy.objective,
    reference: policy.policy.reference,
    keep: first(settings, 'keep') ?? KEEP_ALL,
    keepEach: first(settings, 'keepEach'),
    prefer: firstWithOthers(settings.map(({ prefer }) => prefer)),
    pin: firstWithOthers(settings.map(({ pin }) => pin)),
    fallbacks: first(settings, 'fallbacks'),
    only: all(constraints, 'only'),
    never: all(constraints, 'never'),
    require: all(constraints, 'require'),
    limits: {
      costUsd: smallest(constraints, 'costUsd'),
      latencyMs: smallest(constraints, 'latencyMs'),
      contextTokens: smallest(constraints, 'contextTokens'),
    },
    matched: matched.map(({ name }) => name),
  };
}

type Setting = 'keep' | 'keepEach' | 'fallbacks';
/** The first value, linked to the ones that would apply without it. */
function firstWithOthers<T>(values: readonly (RuleValue<T> | null)[]): RuleValue<T> | null {
  return values.reduceRight<RuleValue<T> | null>((later, own) => {
    if (own === null) return later;
    return later === null ? own : { ...own, otherwise: later };
  }, null);
}

type List = 'only' | 'never' | 'require';
type Limit = 'costUsd' | 'latencyMs' | 'contextTokens';

function first<K extends Setting>(
  sources: readonly RuleSettings[],
  key: K,
): RuleSettings[K] | null {
  for (const source of sources) if (source[key] !== null) return source[key];
  return null;
}

function all<K extends List>(
  sources: readonly RuleSettings[],
  key: K,
): NonNullable<RuleSettings[K]>[] {
  const found: NonNullable<RuleSettings[K]>[] = [];
  for (const source of sources) {
    const value = source[key];
    if (value !== null) found.push(value);
  }
  return found;
}

function smallest(sources: readonly RuleSettings[], key: Limit): RuleValue<number> | null {
  let least: RuleValue<number> | null = null;
  for (const source of sources) {
    const value = source[key];
    // Of equal limits the first is named: it would apply without the other.
    if (value !== null && (least === null || value.value < least.value)) least = value;
  }
  return least;
}
