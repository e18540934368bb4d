import type { Fault } from '../../../core/errors.js';
import { nearest } from '../../../core/nearest.js';
import { settingsOf } from '../combine.js';
import type { RuleValue } from '../outcome.js';
import { covers, warn, type CheckedRule, type CheckedRules } from './checked-rules.js';

/** Warns about rules that are never reached, change nothing, or are always overruled by rules above them. */
export function checkOrder(subject: CheckedRules): readonly Fault[] {
  return [
    ...subject.rules.flatMap((rule) => [
      ...unknownPolicies(subject, rule),
      ...withoutEffect(subject, rule),
      ...overruled(subject, rule),
    ]),
    ...overruledPolicies(subject),
  ];
}

function unknownPolicies(subject: CheckedRules, { rule, path, policies }: CheckedRule): Fault[] {
  if (policies.length > 0) return [];
  const known = subject.ruleSet.policies;
  const hints = (rule.written.policies ?? []).map((pattern) => nearest(pattern, known.keys()));
  const hint = hints.find((found) => found !== null);
  const question = hint === undefined ? '.' : `; did you mean "${hint}"?`;
  const message = `rule "${rule.name}" applies to no policy${question}`;
  return [warn(subject, [...path, 'policies'], message)];
}

function withoutEffect(subject: CheckedRules, { rule, path }: CheckedRule): Fault[] {
  const hasSettings = Object.values(rule.settings).some((part) => part !== null);
  if (hasSettings || rule.written.stop) return [];
  return [warn(subject, path, `rule "${rule.name}" matches, but changes nothing.`)];
}

function overruled(subject: CheckedRules, second: CheckedRule): Fault[] {
  const { rule, path, policies } = second;
  if (policies.length === 0) return [];
  const above = subject.rules.slice(0, path[1]).filter((first) => covers(first, second));
  const perPolicy = policies.map((policy) => above.filter((first) => first.rule.appliesTo(policy)));
  const always = (is: (first: CheckedRule) => boolean): CheckedRule | null => {
    const found = perPolicy.map((firsts) => firsts.find(is));
    return found.includes(undefined) ? null : (found[0] ?? null);
  };

  const stopping = always((first) => first.rule.written.stop);
  if (stopping !== null) {
    const message = `rule "${rule.name}" is never reached: "${stopping.rule.name}" (line ${stopping.line}) matches before it and stops.`;
    return [warn(subject, path, message)];
  }
  return [
    ...SETTINGS.flatMap(([setting, written]) => {
      if (rule.settings[setting] === null) return [];
      const first = always((other) => other.rule.settings[setting] !== null);
      if (first === null) return [];
      const message = `this "${written}" has no effect: "${first.rule.name}" (line ${first.line}) always sets it first.`;
      return [warn(subject, [...path, written], message)];
    }),
    ...overruledLimits(subject, second, above),
    ...repeated(second, always).map(({ list, first }) => {
      const message = `this "${list}" has no effect: "${first.rule.name}" (line ${first.line}) sets the same whenever this rule matches.`;
      return warn(subject, [...path, list], message);
    }),
  ];
}

const LISTS = ['only', 'never', 'require'] as const;

/** Lists that are equal to those of a rule above. */
function repeated(
  { rule }: CheckedRule,
  always: (is: (first: CheckedRule) => boolean) => CheckedRule | null,
): readonly { readonly list: string; readonly first: CheckedRule }[] {
  return LISTS.flatMap((list) => {
    const own = rule.written[list]?.toSorted().join();
    if (own === undefined) return [];
    const first = always((other) => other.rule.written[list]?.toSorted().join() === own);
    return first === null ? [] : [{ list, first }];
  });
}

/** Limits that are never the smallest, because the policy or a rule above always sets a smaller one. */
function overruledLimits(
  subject: CheckedRules,
  { rule, path, policies }: CheckedRule,
  above: readonly CheckedRule[],
): Fault[] {
  return Object.entries(LIMITS).flatMap(([option, limit]) => {
    const own = rule.settings[limit];
    if (own === null) return [];
    const tighter = policies.map((name) => {
      const policy = subject.ruleSet.policies.get(name);
      if (policy !== undefined && isAsSmall(settingsOf(null, policy)[limit], own)) {
        return `policy "${name}"`;
      }
      const first = above.find(
        (other) => other.rule.appliesTo(name) && isAsSmall(other.rule.settings[limit], own),
      );
      return first === undefined ? null : `"${first.rule.name}" (line ${first.line})`;
    });
    if (tighter.includes(null)) return [];
    const message = `this limit has no effect: ${tighter[0] ?? 'another'} always sets one that is no larger.`;
    return [warn(subject, [...path, 'limit', option], message)];
  });
}

function isAsSmall(one: RuleValue<number> | null, other: RuleValue<number>): boolean {
  return one !== null && one.value <= other.value;
}

/** Settings: the name in a `RuleSettings`, and the option in the file. */
const SETTINGS = [
  ['keep', 'keep'],
  ['keepEach', 'keep_each'],
  ['prefer', 'prefer'],
  ['pin', 'pin'],
  ['fallbacks', 'fallbacks'],
] as const;

type Limit = 'costUsd' | 'latencyMs' | 'contextTokens';

const LIMITS: Readonly<Record<string, Limit>> = {
  cost_usd: 'costUsd',
  latency_ms: 'latencyMs',
  context_tokens: 'contextTokens',
};

/** Warns about settings of policies that a rule without a condition always replaces. */
function overruledPolicies(subject: CheckedRules): Fault[] {
  return Array.from(subject.ruleSet.policies).flatMap(([name, policy]) =>
    SETTINGS.flatMap(([setting, written]) => {
      if (policy[written] === undefined) return [];
      const first = unconditionalRules(subject, name).find(
        ({ rule }) => rule.settings[setting] !== null,
      );
      if (first === undefined) return [];
      const message = `this "${written}" has no effect: rule "${first.rule.name}" (line ${first.line}) always overrides it.`;
      return [warn(subject, ['policies', name, written], message)];
    }),
  );
}

/** Rules that match every request of a policy: those without a condition, up to the first that may stop. */
export function unconditionalRules(
  { rules }: CheckedRules,
  policy: string,
): readonly CheckedRule[] {
  const found: CheckedRule[] = [];
  for (const checked of rules) {
    if (checked.needs === null || !checked.rule.appliesTo(policy)) continue;
    if (checked.needs.size === 0) found.push(checked);
    if (checked.rule.written.stop) break;
  }
  return found;
}
