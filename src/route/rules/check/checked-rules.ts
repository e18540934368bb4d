import { serialize, type ASTNode } from '@marcbachmann/cel-js';
import type { Fault } from '../../../core/errors.js';
import type { CompiledRule, RuleSet } from '../rule-set.js';
import { operandsOf, staticValue } from './static-value.js';

/** A rule prepared for the checks. */
export interface CheckedRule {
  readonly rule: CompiledRule;
  /** `['rules', 3]` */
  readonly path: readonly [string, number];
  readonly line: number;
  /** The policies that it applies to, in file order. */
  readonly policies: readonly string[];
  /**
   * The conditions that must all be true for the rule to match, as normalised texts; empty if it always
   * matches, `null` if it never does.
   */
  readonly needs: ReadonlySet<string> | null;
}

/** A rules file prepared for the checks. */
export interface CheckedRules {
  readonly ruleSet: RuleSet;
  /** In file order. */
  readonly rules: readonly CheckedRule[];
}

/** Prepares a rules file for checking. */
export function prepareRules(ruleSet: RuleSet): CheckedRules {
  const policies = [...ruleSet.policies.keys()];
  const rules = ruleSet.rules.map((rule, i): CheckedRule => {
    const path = ['rules', i] as const;
    return {
      rule,
      path,
      line: ruleSet.yaml.locate(path).line,
      policies: policies.filter((policy) => rule.appliesTo(policy)),
      needs: rule.condition === null ? new Set() : needsOf(rule.condition.ast),
    };
  });
  return { ruleSet, rules };
}

/** A warning at `path`, or at character `index` of the text there. */
export function warn(
  { ruleSet: { yaml } }: CheckedRules,
  path: readonly PropertyKey[],
  message: string,
  index?: number,
): Fault {
  return { file: yaml.file, ...yaml.locate(path, index), message, severity: 'warning' };
}

/** Whether `first` matches every request that `second` matches, in policies that both apply to. */
export function covers(first: CheckedRule, second: CheckedRule): boolean {
  if (first.needs === null || second.needs === null) return false;
  for (const need of first.needs) if (!second.needs.has(need)) return false;
  return true;
}

function needsOf(ast: ASTNode): ReadonlySet<string> | null {
  if (staticValue(ast) === false) return null;
  const needs = operandsOf('&&', ast).filter((part) => staticValue(part) === null);
  return new Set(needs.map((part) => serialize(part)));
}
