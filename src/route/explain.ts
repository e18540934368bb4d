import type { Candidate } from '../core/decision.js';
import { choose, outlayOf, qualityOf, type Choice } from './decide.js';
import type { ChoiceInput } from './ranking.js';
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
 * Looks at the promise (`keep`, or the price that keeps it), each other candidate's predicted success
 * and cost, the preferences in force, and the constraints that dropped candidates.
 *
 * @returns at most one flip for each kind of change and model; empty if nothing within reach flips
 */
export function flips(input: ChoiceInput, choice: Choice): readonly Flip[] {
  const proposals = [
    ...withoutSettings(input),
    ...(input.price === null ? withOtherKeep(input, choice) : withOtherPrice(input, choice)),
    ...input.candidates
      .rows()
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
    .rows()
    .filter((candidate) => candidate.dropped === null)
    .map((candidate) => {
      const share = qualityOf(candidate, choice) / reference;
      // To let a candidate in, keep must fall to its share; to push the chosen one out, rise past it.
      const value = candidate.model === choice.chosen.model ? share + NUDGE : share - NUDGE;
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

/** Prices at which another candidate would be worth as much as the chosen one. */
function withOtherPrice(input: ChoiceInput, choice: Choice): readonly Proposal[] {
  const { price, outcome } = input;
  if (price === null) return [];
  const outlay = (candidate: Candidate): number => outlayOf(candidate, outcome) ?? NaN;
  return input.candidates
    .rows()
    .filter(({ model, dropped }) => dropped === null && model !== choice.chosen.model)
    .map((candidate) => {
      const more = qualityOf(candidate, choice) - qualityOf(choice.chosen, choice);
      const even = (outlay(candidate) - outlay(choice.chosen)) / more;
      return more > 0 ? even * (1 + NUDGE) : even * (1 - NUDGE);
    })
    .filter((value) => Number.isFinite(value) && value > 0)
    .map((value) => ({
      change: `one more adequate answer worth ${money(value, input)} instead of ${money(price, input)}`,
      size: Math.abs(value - price) / Math.max(price, Number.MIN_VALUE),
      input: { ...input, price: value },
    }));
}

/** A price as a person reads it, in what the policy tries to spend little of. */
function money(price: number, { outcome }: ChoiceInput): string {
  return outcome.objective === 'latency' ? `${Math.round(price)} ms` : `$${price.toPrecision(3)}`;
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

  return [
    ...withOtherSuccess(input, choice, candidate),
    ...withOtherCost(input, choice, candidate),
  ];
}

function withOtherSuccess(
  input: ChoiceInput,
  choice: Choice,
  candidate: Candidate,
): readonly Proposal[] {
  // What it takes to reach the floor, and to be worth as much as the chosen one.
  const lack = input.price === null || input.price === 0 ? 0 : behind(candidate, input, choice);
  const missing = Math.max(choice.floor - qualityOf(candidate, choice), lack / (input.price ?? 1));
  if (missing <= 0 || candidate.success <= 0) return [];
  const success = candidate.success + missing + NUDGE;
  // Nothing succeeds more often than always: no success would be enough.
  if (success >= 1) return [];
  return [
    {
      change: `success of ${candidate.model} ${success.toFixed(3)} instead of ${candidate.success.toFixed(3)}`,
      size: missing / candidate.success,
      input: withCandidate(input, { ...candidate, success }),
    },
  ];
}

function withOtherCost(
  input: ChoiceInput,
  choice: Choice,
  candidate: Candidate,
): readonly Proposal[] {
  const { price, outcome } = input;
  const weighs = price !== null && outcome.objective === 'cost';
  const { costUsd: own } = candidate;
  if (own === null) return [];
  const toBeat = weighs ? own - behind(candidate, input, choice) : choice.chosen.costUsd;
  if (toBeat === null || toBeat <= 0 || own <= toBeat) return [];
  const costUsd = toBeat * (1 - NUDGE);
  return [
    {
      change: `cost of ${candidate.model} under $${toBeat.toPrecision(3)} instead of $${own.toPrecision(3)}`,
      size: (own - costUsd) / own,
      input: withCandidate(input, { ...candidate, costUsd }),
    },
  ];
}

/** By how much a candidate is worth less than the chosen one, at the price in force. */
function behind(candidate: Candidate, { price, outcome }: ChoiceInput, choice: Choice): number {
  const worth = (one: Candidate): number =>
    (price ?? 0) * qualityOf(one, choice) - (outlayOf(one, outcome) ?? 0);
  return worth(choice.chosen) - worth(candidate);
}

function withOutcome(input: ChoiceInput, change: Partial<RuleOutcome>): ChoiceInput {
  return { ...input, outcome: { ...input.outcome, ...change } };
}

function withCandidate(input: ChoiceInput, candidate: Candidate): ChoiceInput {
  return { ...input, candidates: input.candidates.with(candidate) };
}

function byRule(rule: string | null): string {
  return rule === null ? '' : ` (rule "${rule}")`;
}
