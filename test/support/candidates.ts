import type { Candidate } from '../../src/core/decision.js';
import { CandidateTable } from '../../src/route/candidate-table.js';
import { choose, type Choice, fallbacksOf } from '../../src/route/decide.js';
import type { ChoiceInput } from '../../src/route/ranking.js';
import type { RuleOutcome } from '../../src/route/rules/outcome.js';

/** A candidate that could be chosen, with figures that only matter where a test says so. */
export function candidate(model: string, change: Partial<Candidate> = {}): Candidate {
  return {
    model,
    success: 0.8,
    uncertainty: 0.05,
    outputTokens: 200,
    cachedTokens: 0,
    costUsd: 0.001,
    latencyMs: 1000,
    dropped: null,
    ...change,
  };
}

/** What an empty rules file says. */
export function outcome(change: Partial<RuleOutcome> = {}): RuleOutcome {
  return {
    policy: 'auto',
    objective: 'cost',
    keep: { value: 0.97, rule: null },
    keepEach: null,
    reference: 'best',
    only: [],
    never: [],
    require: [],
    limits: { costUsd: null, latencyMs: null, contextTokens: null },
    prefer: null,
    pin: null,
    fallbacks: null,
    matched: [],
    ...change,
  };
}

export const DROPPED: Candidate['dropped'] = {
  why: 'never',
  detail: 'matches never x/*',
  rule: 'no-x',
};

/** A choice to be made among candidates as a test lists them. */
export interface ListedInput extends Omit<ChoiceInput, 'candidates'> {
  readonly candidates: readonly Candidate[];
}

export function tabled(input: ListedInput): ChoiceInput {
  return { ...input, candidates: CandidateTable.of(input.candidates) };
}

export function chooseAmong(input: ListedInput): Choice | null {
  return choose(tabled(input));
}

/** Who is asked after the chosen one, in order; none where nobody is chosen. */
export function fallbacks(input: ListedInput): readonly string[] {
  const choice = chooseAmong(input);
  return choice === null ? [] : fallbacksOf(tabled(input), choice);
}
