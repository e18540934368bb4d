import type { Fault } from '../../core/errors.js';
import type { Model } from '../../core/model.js';
import { checkCallers, type KnownKey } from './check/callers.js';
import { checkChoosable } from './check/choosable.js';
import { checkConditions } from './check/conditions.js';
import { checkModels } from './check/models.js';
import { checkOrder } from './check/order.js';
import { subjectOf } from './check/subject.js';
import type { RuleSet } from './rule-set.js';

/** What rules can name besides what a request says. */
export interface Known {
  /** All models that can be named; with those of the catalog, what a typing error could mean. */
  readonly models: readonly Model[];
  /** Names of those that may be chosen in a configuration; absent where rules are looked at by themselves. */
  readonly choosable?: readonly string[] | undefined;
  /** The keys of the configuration; absent or empty: nobody knows who will ask. */
  readonly keys?: readonly KnownKey[] | undefined;
}

/**
 * Finds what is well formed, but cannot be meant.
 *
 * Errors: models that do not exist, policies that refuse every request. Warnings: rules and
 * settings without any effect, conditions that never or always hold, labels that may be missing, keys
 * that nobody has.
 *
 * @returns in the file's order
 */
export function checkRules(
  ruleSet: RuleSet,
  { models, choosable, keys = [] }: Known,
): readonly Fault[] {
  const ids = models.map(({ id }) => id);
  const subject = subjectOf(ruleSet);
  const faults = [
    ...checkConditions(subject),
    ...checkCallers(subject, keys),
    ...checkOrder(subject),
    ...checkModels(subject, models),
    ...(choosable === undefined ? [] : checkChoosable(subject, { ids, choosable })),
  ];
  return faults.sort((a, b) => a.line - b.line || a.column - b.column);
}
