import type { Fault } from '../../../core/errors.js';
import { globMatcher } from '../glob.js';
import type { Policy, Rule } from '../schema.js';
import { warn, type CheckedRules } from './checked-rules.js';

/** The models that rules can name, and those that the configuration allows. */
export interface Choosable {
  /** All models that rules can name. */
  readonly ids: readonly string[];
  /** Models that can be chosen: a configured provider has them, and `auto` does not exclude them. */
  readonly choosable: readonly string[];
}

/**
 * Warns about models that exist but cannot be chosen with this configuration: a pin to one is silently ignored, and
 * `only` with nothing else refuses every request.
 */
export function checkChoosable(subject: CheckedRules, models: Choosable): readonly Fault[] {
  const policies = Array.from(subject.ruleSet.policies, ([name, policy]) =>
    unavailable(subject, ['policies', name], policy, models),
  );
  const rules = subject.rules.map(({ path, rule }) =>
    unavailable(subject, path, rule.written, models),
  );
  return [...policies, ...rules].flat();
}

function unavailable(
  subject: CheckedRules,
  path: readonly PropertyKey[],
  written: Policy | Rule,
  { ids, choosable }: Choosable,
): readonly Fault[] {
  // Models that do not exist are reported by `checkModels`.
  const isUnavailable = (name: string): boolean => ids.includes(name) && !choosable.includes(name);
  const fault = (at: readonly PropertyKey[], what: string, effect: string): Fault =>
    warn(
      subject,
      [...path, ...at],
      `no configured provider serves ${what}, or "auto" excludes it: ${effect}.`,
    );
  const model = (at: readonly PropertyKey[], name: string, effect: string): Fault[] =>
    isUnavailable(name) ? [fault(at, `"${name}"`, effect)] : [];
  const list = (option: 'only' | 'prefer', effect: string): Fault[] => {
    const patterns = written[option] ?? [];
    const matches = globMatcher(patterns);
    if (!ids.some(matches) || choosable.some(matches)) return [];
    return [fault([option], `a model that matches ${patterns.join(', ')}`, effect)];
  };
  const { pin, fallbacks = [] } = written;
  const isPolicy = 'reference' in written;
  const refused = isPolicy
    ? 'every request to this policy'
    : 'every request that this rule matches';
  return [
    ...(pin === undefined ? [] : model(['pin'], pin, 'this pin has no effect')),
    ...(isPolicy ? model(['reference'], written.reference, 'the best model is used instead') : []),
    ...fallbacks.flatMap((name, i) => model(['fallbacks', i], name, 'it is never tried')),
    ...list('prefer', 'this "prefer" has no effect'),
    ...list('only', `${refused} is refused`),
  ];
}
