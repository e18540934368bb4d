import type { Fault } from '../../core/errors.js';
import type { Model } from '../../core/model.js';
import { checkCallers, type KnownKey } from './check/callers.js';
import { checkChoosable } from './check/choosable.js';
import { checkConditions } from './check/conditions.js';
import { checkModels } from './check/models.js';
import { checkOrder } from './check/order.js';
import { prepareRules } from './check/checked-rules.js';
import type { RuleSet } from './rule-set.js';

/** Models and keys that rules can refer to. */
export interface CheckContext {
  /** All models that rules can name, including those of the catalog, for suggestions. */
  readonly models: readonly Model[];
  /** Names of the models that the configuration allows to be chosen; absent if rules are checked without a configuration. */
  readonly choosable?: readonly string[] | undefined;
  /** The keys of the configuration; absent or empty if callers are unknown. */
  readonly keys?: readonly KnownKey[] | undefined;
}

/**
 * Finds mistakes in well-formed rules.
 *
 * Errors: models that do not exist, policies that refuse every request. Warnings: rules and
 * settings without effect, conditions that are never or always true, labels that may be missing, keys
 * that do not exist.
 *
 * @returns in the file's order
 */
export function checkRules(
  ruleSet: RuleSet,
  { models, choosable, keys = [] }: CheckContext,
): readonly Fault[] {
  const ids = models.map(({ id }) => id);
  const subject = prepareRules(ruleSet);
  const faults = [
    ...checkConditions(subject),
    ...checkCallers(subject, keys),
    ...checkOrder(subject),
    ...checkModels(subject, models),
    ...(choosable === undefined ? [] : checkChoosable(subject, { ids, choosable })),
  ];
  return faults.sort((a, b) => a.line - b.line || a.column - b.column);
}
