import { GatewayError } from '../../core/errors.js';
import { readFeatures } from '../features.js';
import { globMatcher } from './glob.js';
import type { RuleSet } from './rule-set.js';
import type { RuleTest, RuleTestInput, RuleTests } from './test-file.js';

/** A router's decision for a request. */
export interface RouteResult {
  /** `vendor/name`. */
  readonly model: string;
  readonly reason: string;
  /** The rule that decided, or `null`. */
  readonly rule: string | null;
}

/**
 * Decides with the rules under test.
 *
 * Throws a `GatewayError` with the code `no_candidate` when no model is left.
 */
export type RouteFunction = (input: RuleTestInput) => RouteResult | Promise<RouteResult>;

/** A failed test. */
export interface RuleTestFailure {
  readonly test: RuleTest;
  /** The expectations that were not met. */
  readonly differences: readonly Difference[];
}

interface Difference {
  readonly what: string;
  readonly expected: string;
  readonly got: string;
}

/** The results of a test file. */
export interface RuleTestReport {
  readonly file: string;
  readonly total: number;
  readonly failures: readonly RuleTestFailure[];
  /** Rules that match no test, in file order. */
  readonly untested: readonly { readonly name: string; readonly line: number }[];
}

/**
 * Runs tests against the rules they were read for.
 *
 * @param route - decides with these rules; what it throws is rethrown, unless it is a `GatewayError`
 */
export async function runRuleTests(
  ruleSet: RuleSet,
  tests: RuleTests,
  route: RouteFunction,
): Promise<RuleTestReport> {
  const seen = new Set<string>();
  const failures: RuleTestFailure[] = [];
  for (const test of tests.tests) {
    const matched = matchedRules(ruleSet, test.input);
    for (const name of matched) seen.add(name);
    const differences = compare(test, matched, await attempt(route, test.input));
    if (differences.length > 0) failures.push({ test, differences });
  }
  const untested = ruleSet.rules.flatMap(({ name }, i) =>
    seen.has(name) ? [] : [{ name, line: ruleSet.yaml.locate(['rules', i]).line }],
  );
  return { file: tests.file, total: tests.tests.length, failures, untested };
}

/**
 * Formats a report: for each failure its position and what was expected and got, then the
 * totals, and the rules that match no test.
 */
export function formatRuleTests(report: RuleTestReport): string {
  const { file, total, failures, untested } = report;
  const blocks = failures.map(({ test, differences }) => {
    const width = Math.max('expected'.length, ...differences.map((d) => d.expected.length));
    const row = (what: string, expected: string, got: string) =>
      `    ${what.padEnd(9)}  ${expected.padEnd(width)}  ${got}`.trimEnd();
    return [
      `${file}:${test.line}:${test.column}: failed: ${test.name}`,
      row('', 'expected', 'got'),
      ...differences.map(({ what, expected, got }) => row(what, expected, got)),
      '',
    ].join('\n');
  });
  const sum = `${file}: ${total - failures.length} of ${total} tests passed.`;
  const names = untested.map(({ name, line }) => `${name} (line ${line})`).join(', ');
  const coverage =
    untested.length === 0 ? 'Every rule is matched by a test.' : `No test matches: ${names}.`;
  return [...blocks, `${sum} ${coverage}`, ''].join('\n');
}

/** A failure in one line, for lists of faults. */
export function failureMessage({ test, differences }: RuleTestFailure): string {
  const parts = differences.map(
    ({ what, expected, got }) => `${what}: expected ${expected}, got ${got}`,
  );
  return `test "${test.name}" failed: ${parts.join('; ')}.`;
}

function matchedRules(ruleSet: RuleSet, input: RuleTestInput): readonly string[] {
  const { policy, ...rest } = input;
  const features = readFeatures(input.conversation);
  return ruleSet.apply(policy, { ...rest, model: policy, features }).matched;
}

type Attempt = RouteResult | { readonly refused: string };

async function attempt(route: RouteFunction, input: RuleTestInput): Promise<Attempt> {
  try {
    return await route(input);
  } catch (error) {
    if (error instanceof GatewayError) return { refused: error.code };
    throw error;
  }
}

function compare(test: RuleTest, matched: readonly string[], got: Attempt): readonly Difference[] {
  const checks = [
    ...modelChecks(test, got),
    ...whyChecks(test, got),
    ...matchChecks(test, matched),
  ];
  return checks.filter(({ isRight }) => !isRight);
}

interface Check extends Difference {
  readonly isRight: boolean;
}

function modelChecks({ expect }: RuleTest, got: Attempt): readonly Check[] {
  const wasRefused = 'refused' in got;
  const model = wasRefused ? `refused (${got.refused})` : got.model;
  const checks: Check[] = [];
  if (expect.refused === true) {
    const isRight = wasRefused && got.refused === 'no_candidate';
    checks.push({ what: 'model', expected: 'refused (no_candidate)', got: model, isRight });
  }
  if (expect.model !== undefined) {
    const expected = listOf(expect.model);
    const isRight = !wasRefused && globMatcher(expected)(model);
    checks.push({ what: 'model', expected: expected.join(' or '), got: model, isRight });
  }
  if (expect.not !== undefined) {
    const unwanted = listOf(expect.not);
    const isRight = !wasRefused && !globMatcher(unwanted)(model);
    checks.push({ what: 'model', expected: `not ${unwanted.join(' nor ')}`, got: model, isRight });
  }
  return checks;
}

function whyChecks({ expect }: RuleTest, got: Attempt): readonly Check[] {
  const [reason, rule] = 'refused' in got ? [got.refused, null] : [got.reason, got.rule];
  const checks: Check[] = [];
  if (expect.rule !== undefined) {
    const [expected, shown] = [expect.rule ?? 'no rule', rule ?? 'no rule'];
    checks.push({ what: 'rule', expected, got: shown, isRight: rule === expect.rule });
  }
  if (expect.reason !== undefined) {
    const isRight = reason === expect.reason;
    checks.push({ what: 'reason', expected: expect.reason, got: reason, isRight });
  }
  return checks;
}

function matchChecks({ expect }: RuleTest, matched: readonly string[]): readonly Check[] {
  const got = matched.length === 0 ? 'none' : matched.join(', ');
  const check = (name: string, isWanted: boolean): Check => ({
    what: 'matched',
    expected: isWanted ? name : `not ${name}`,
    got,
    isRight: matched.includes(name) === isWanted,
  });
  return [
    ...(expect.matched ?? []).map((name) => check(name, true)),
    ...(expect.unmatched ?? []).map((name) => check(name, false)),
  ];
}

function listOf(patterns: string | readonly string[]): readonly string[] {
  return typeof patterns === 'string' ? [patterns] : patterns;
}
