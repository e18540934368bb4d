import type { Fault } from '../../../core/errors.js';
import { globMatcher } from '../glob.js';
import type { Policy, Rule } from '../schema.js';
import { warn, type Subject } from './subject.js';

/** What a configuration makes of the models that rules can name. */
export interface Choosable {
  /** Every model that there is. */
  readonly ids: readonly string[];
  /** Those that may be chosen: a provider in use has them, and `auto` does not leave them out. */
  readonly choosable: readonly string[];
}

/**
 * Models that exist, and cannot be chosen with this configuration: a pin to one is passed over without a word, and
 * `only` such models refuse every request.
 */
export function checkChoosable(subject: Subject, models: Choosable): readonly Fault[] {
  const policies = Array.from(subject.ruleSet.policies, ([name, policy]) =>
    absences(subject, ['policies', name], policy, models),
  );
  const rules = subject.rules.map(({ path, rule }) =>
    absences(subject, path, rule.written, models),
  );
  return [...policies, ...rules].flat();
}

function absences(
  subject: Subject,
  path: readonly PropertyKey[],
  written: Policy | Rule,
  { ids, choosable }: Choosable,
): readonly Fault[] {
  // What does not exist at all is told of elsewhere.
  const isAbsent = (name: string): boolean => ids.includes(name) && !choosable.includes(name);
  const fault = (at: readonly PropertyKey[], what: string, effect: string): Fault =>
    warn(
      subject,
      [...path, ...at],
      `no provider in use has ${what}, or "auto" leaves it out: ${effect}.`,
    );
  const model = (at: readonly PropertyKey[], name: string, effect: string): Fault[] =>
    isAbsent(name) ? [fault(at, `"${name}"`, effect)] : [];
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
    ...(isPolicy ? model(['reference'], written.reference, 'the best model takes its place') : []),
    ...fallbacks.flatMap((name, i) => model(['fallbacks', i], name, 'it is never tried')),
    ...list('prefer', 'this "prefer" has no effect'),
    ...list('only', `${refused} is refused`),
  ];
}
