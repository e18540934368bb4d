import type { Candidate } from '../core/decision.js';
import { choose, qualityOf, type Choice, type ChoiceInput } from './decide.js';
import type { RuleOutcome } from './rules/outcome.js';

/** A change that would have led to another choice. */
export interface Flip {
  /** The model that would have been chosen. */
  readonly model: string;
  /** What would have to change, as a sentence without a full stop. */
  readonly change: string;
  /** How big the change is, relative to what it changes; 1 for doing without a constraint. */
  readonly size: number;
}

// What is searched: nobody acts on "if the price were ten times lower".
const LARGEST_CHANGE = 1;
// Past a threshold, not on it: rounding in the printed figure must not undo the flip.
const NUDGE = 1e-6;

/**
 * The changes that would flip a choice, smallest first; each has been tried, none is guessed.
 *
 * Looks at the promise (`keep`), each other candidate's predicted success and cost, the
 * preferences in force, and the constraints that dropped candidates.
 *
 * @returns at most one flip for each kind of change and model; empty if nothing within reach flips
 */
export function flips(input: ChoiceInput, choice: Choice): readonly Flip[] {
  const proposals = [
    ...withoutSettings(input),
    ...withOtherKeep(input, choice),
    ...input.candidates
      .filter((candidate) => candidate.model !== choice.chosen.model)
      .flatMap((candidate) => withOtherCandidate(input, choice, candidate)),
  ];
  return proposals
    .filter((proposal) => proposal.size <= LARGEST_CHANGE)
    .flatMap(({ change, size, input: changed }) => {
      const model = choose(changed)?.chosen.model;
      return model === undefined || model === choice.chosen.model ? [] : [{ model, change, size }];
    })
    .sort((a, b) => a.size - b.size);
}

interface Proposal {
  readonly change: string;
  readonly size: number;
  readonly input: ChoiceInput;
}

function withoutSettings(input: ChoiceInput): readonly Proposal[] {
  const { pin, prefer } = input.outcome;
  return [
    pin && { without: pin, name: `the pin to ${pin.value}`, outcome: { pin: null } },
    prefer && {
      without: prefer,
      name: `the preference for ${prefer.value.join(', ')}`,
      outcome: { prefer: null },
    },
  ]
    .filter((setting) => setting !== null)
    .map(({ without, name, outcome }) => ({
      change: `without ${name}${byRule(without.rule)}`,
      size: 1,
      input: withOutcome(input, outcome),
    }));
}

function withOtherKeep(input: ChoiceInput, choice: Choice): readonly Proposal[] {
  const { keep } = input.outcome;
  const reference = qualityOf(choice.reference, choice);
  if (reference <= 0) return [];
  return input.candidates
    .filter((candidate) => candidate.dropped === null)
    .map((candidate) => {
      const share = qualityOf(candidate, choice) / reference;
      // To let a candidate in, keep must fall to its share; to push the chosen one out, rise past it.
      const value = candidate === choice.chosen ? share + NUDGE : share - NUDGE;
      return {
        change: `keep ${value.toFixed(3)} instead of ${keep.value}`,
        size: Math.abs(value - keep.value) / Math.max(keep.value, NUDGE),
        value,
      };
    })
    .filter(({ value }) => value > 0 && value <= 1)
    .map(({ change, size, value }) => ({
      change,
      size,
      input: withOutcome(input, { keep: { value, rule: keep.rule } }),
    }));
}

function withOtherCandidate(
  input: ChoiceInput,
  choice: Choice,
  candidate: Candidate,
): readonly Proposal[] {
  const { model, dropped } = candidate;
  if (dropped !== null) {
    return [
      {
        change: `if ${model} were not dropped: ${dropped.detail}${byRule(dropped.rule)}`,
        size: 1,
        input: withCandidate(input, { ...candidate, dropped: null }),
      },
    ];
  }

  const proposals: Proposal[] = [];
  const missing = choice.floor - qualityOf(candidate, choice);
  if (missing > 0 && candidate.success > 0) {
    const success = candidate.success + missing + NUDGE;
    proposals.push({
      change: `success of ${model} ${success.toFixed(3)} instead of ${candidate.success.toFixed(3)}`,
      size: missing / candidate.success,
      input: withCandidate(input, { ...candidate, success }),
    });
  }
  const toBeat = choice.chosen.costUsd;
  if (candidate.costUsd !== null && toBeat !== null && candidate.costUsd > toBeat) {
    const costUsd = toBeat * (1 - NUDGE);
    proposals.push({
      change: `cost of ${model} under $${toBeat.toPrecision(3)} instead of $${candidate.costUsd.toPrecision(3)}`,
      size: (candidate.costUsd - costUsd) / candidate.costUsd,
      input: withCandidate(input, { ...candidate, costUsd }),
    });
  }
  return proposals;
}

function withOutcome(input: ChoiceInput, change: Partial<RuleOutcome>): ChoiceInput {
  return { ...input, outcome: { ...input.outcome, ...change } };
}

function withCandidate(input: ChoiceInput, candidate: Candidate): ChoiceInput {
  return {
    ...input,
    candidates: input.candidates.map((c) => (c.model === candidate.model ? candidate : c)),
  };
}

function byRule(rule: string | null): string {
  return rule === null ? '' : ` (rule "${rule}")`;
}
