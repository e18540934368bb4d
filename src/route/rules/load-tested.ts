import { FaultyFileError, type Fault } from '../../core/errors.js';
import { checkRules, type CheckContext } from './check.js';
import { parseRules, readText } from './load.js';
import type { RuleFailure, RuleSet } from './rule-set.js';
import { loadRuleTests } from './test-file.js';
import { failureMessage, runRuleTests, type RouteFunction } from './test-run.js';

interface TestedRules {
  readonly ruleSet: RuleSet;
  /** Warnings of the checks; they do not prevent the rules from being used. */
  readonly warnings: readonly Fault[];
}

/**
 * Reads rules, checks them and runs the tests next to them, at startup and at every reload.
 *
 * @param routeWith - makes a router of the rules, to run the tests with
 * @throws {FaultyFileError} with every fault, failed tests included
 */
export async function loadTestedRules(
  file: string,
  known: CheckContext,
  routeWith: (ruleSet: RuleSet) => RouteFunction,
  onFailure?: (failure: RuleFailure) => void,
): Promise<TestedRules> {
  const text = await readText(file);
  const ruleSet = parseRules(file, text, onFailure === undefined ? {} : { onFailure });
  const findings = checkRules(ruleSet, known);
  const errors = findings.filter(({ severity }) => severity === 'error');
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  if (errors.length > 0) throw new FaultyFileError(errors);

  const tests = await loadRuleTests(ruleSet);
  if (tests === null) return { ruleSet, warnings };
  // The tests get their own rule set, so that conditions that fail in a test are not reported as failures of requests.
  const testedSet = parseRules(file, text);
  const report = await runRuleTests(testedSet, tests, routeWith(testedSet));
  if (report.failures.length > 0) {
    throw new FaultyFileError(
      report.failures.map((failure): Fault => {
        const { line, column } = failure.test;
        return {
          file: tests.file,
          line,
          column,
          message: failureMessage(failure),
          severity: 'error',
        };
      }),
    );
  }
  return { ruleSet, warnings };
}
