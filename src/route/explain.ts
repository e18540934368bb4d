import type { Candidate } from '../core/decision.js';
import { dropReasons } from './candidates.js';
import { choose, outlayOf, qualityOf, type Choice } from './decide.js';
import { numbersPast, MILLISECONDS, SHARE, USD } from './number-format.js';
import type { ChoiceInput } from './ranking.js';
import type { RuleOutcome } from './rules/outcome.js';

/** A change that would have led to another choice. */
export interface Flip {
  /** The model that would have been chosen. */
  readonly model: string;
  /** What would have to change, as a sentence without a full stop. */
  readonly change: string;
  /** Size of the change, relative to the current value; 1 for removing a constraint. */
  readonly size: number;
}

// Larger changes are not reported, because they are of no practical use.
const LARGEST_CHANGE = 1;
// The factor for a value just under a cost.
const UNDER = 1 - 1e-6;

/**
 * The changes that would flip a choice, smallest first. Each has been verified by choosing again with the change.
 *
 * Considers the promise (`keep`, or the price that keeps it), each other candidate's predicted success
 * and cost, the preferences in force, and the constraints that dropped candidates. Everything else stays as it
 * is, including the price of quality.
 *
 * @returns at most one flip for each kind of change and model; empty if no change up to the maximum size flips the choice
 */
export function flips(input: ChoiceInput, choice: Choice): readonly Flip[] {
  const proposals = [
    ...withoutSettings(input),
    ...withOtherPromise(input, choice),
    ...input.candidates
      .toArray()
      .filter((candidate) => candidate.model !== choice.chosen.model)
      .flatMap((candidate) => withOtherCandidate(input, choice, candidate)),
  ];
  return proposals
    .flatMap((trials) => firstFlip(trials, choice) ?? [])
    .sort((a, b) => a.size - b.size);
}

function firstFlip(trials: Proposal, { chosen }: Choice): Flip | null {
  for (const { change, size, input } of trials) {
    if (size > LARGEST_CHANGE) continue;
    const model = choose(input)?.chosen.model;
    if (model !== undefined && model !== chosen.model) return { model, change, size };
  }
  return null;
}

/** The same change in several sizes, the smallest first; only the first that flips is reported. */
type Proposal = readonly Trial[];

interface Trial {
  readonly change: string;
  readonly size: number;
  readonly input: ChoiceInput;
}

function withoutSettings(input: ChoiceInput): readonly Proposal[] {
  const { pin, prefer } = input.outcome;
  return [
    pin && {
      without: pin,
      name: `the pin to ${pin.value}`,
      outcome: { pin: pin.otherwise ?? null },
    },
    prefer && {
      without: prefer,
      name: `the preference for ${prefer.value.join(', ')}`,
      outcome: { prefer: prefer.otherwise ?? null },
    },
  ]
    .filter((setting) => setting !== null)
    .map(({ without, name, outcome }) => [
      {
        change: `without ${name}${byRule(without.rule)}`,
        size: 1,
        input: withOutcome(input, outcome),
      },
    ]);
}

function withOtherPromise(input: ChoiceInput, choice: Choice): readonly Proposal[] {
  const { price, outcome } = input;
  if (price !== null) return withOtherPrice(input, choice, price);
  // A `keep` below 1 is kept on average, by a price of quality.
  if (outcome.keep.value < 1) return withOtherKeep(input, choice);
  return outcome.objective === 'quality' ? [] : withOtherPrice(input, choice, Infinity);
}

function withOtherKeep(input: ChoiceInput, choice: Choice): readonly Proposal[] {
  const { keep } = input.outcome;
  const reference = qualityOf(choice.reference, choice);
  if (reference <= 0) return [];
  return input.candidates
    .toArray()
    .filter((candidate) => candidate.dropped === null)
    .map((candidate) => {
      // To let a candidate in, keep must fall to its share; to push the chosen one out, rise past it.
      const share = qualityOf(candidate, choice) / reference;
      return numbersPast(SHARE, share, keep.value)
        .filter(({ value }) => value > 0 && value <= 1)
        .map(({ value }) => ({
          change: `keep ${value} instead of ${keep.value}`,
          size: Math.abs(value - keep.value) / Math.max(keep.value, Number.MIN_VALUE),
          input: withOutcome(input, { keep: { value, rule: keep.rule } }),
        }));
    });
}

/**
 * Proposes prices at which another candidate would be worth as much as the chosen one.
 *
 * @param price - the price in force; infinite if no quality may be given up
 */
function withOtherPrice(input: ChoiceInput, choice: Choice, price: number): readonly Proposal[] {
  const { outcome } = input;
  const outlay = (candidate: Candidate): number => outlayOf(candidate, outcome) ?? NaN;
  const form = outcome.objective === 'latency' ? MILLISECONDS : USD;
  return input.candidates
    .toArray()
    .filter(({ model, dropped }) => dropped === null && model !== choice.chosen.model)
    .map((candidate) => {
      const more = qualityOf(candidate, choice) - qualityOf(choice.chosen, choice);
      return (outlay(candidate) - outlay(choice.chosen)) / more;
    })
    .filter((even) => Number.isFinite(even) && even > 0)
    .map((even) =>
      numbersPast(form, even, price).map(({ value, text }) => ({
        change: `one more adequate answer worth ${text}`,
        size: price === Infinity ? 1 : Math.abs(value - price) / Math.max(price, Number.MIN_VALUE),
        input: { ...input, price: value },
      })),
    );
}

function withOtherCandidate(
  input: ChoiceInput,
  choice: Choice,
  candidate: Candidate,
): readonly Proposal[] {
  const { model, dropped } = candidate;
  if (dropped !== null) {
    // Removing one of several reasons would not bring the model back.
    const others = dropReasons(candidate, input.outcome).filter(
      ({ detail, rule }) => detail !== dropped.detail || rule !== dropped.rule,
    );
    const why = [dropped, ...others].map(({ detail, rule }) => `${detail}${byRule(rule)}`);
    const change = `if ${model} were not dropped: ${why.join(', and ')}`;
    const without = withCandidate(input, { ...candidate, dropped: null });
    return [[{ change, size: 1, input: without }]];
  }
  return [withOtherSuccess(input, choice, candidate), withOtherCost(input, choice, candidate)];
}

function withOtherSuccess(input: ChoiceInput, choice: Choice, candidate: Candidate): Proposal {
  const { model, success } = candidate;
  // The success that is missing to reach the floor, or to be worth as much as the chosen one.
  const lack = input.price === null || input.price === 0 ? 0 : deficit(candidate, input, choice);
  const missing = Math.max(choice.floor - qualityOf(candidate, choice), lack / (input.price ?? 1));
  if (missing <= 0 || success <= 0) return [];
  return (
    numbersPast(SHARE, success + missing, success)
      // A success cannot exceed 1, so no success would be enough.
      .filter(({ value }) => value < 1)
      .map(({ value, text }) => ({
        change: `success of ${model} ${text}`,
        size: (value - success) / success,
        input: withCandidate(input, { ...candidate, success: value }),
      }))
  );
}

function withOtherCost(input: ChoiceInput, choice: Choice, candidate: Candidate): Proposal {
  const { price, outcome } = input;
  const weighs = price !== null && outcome.objective === 'cost';
  const { model, costUsd } = candidate;
  if (costUsd === null) return [];
  const toBeat = weighs ? costUsd - deficit(candidate, input, choice) : choice.chosen.costUsd;
  if (toBeat === null || toBeat <= 0 || costUsd <= toBeat) return [];
  return numbersPast(USD, toBeat, costUsd).map(({ value, text }) => ({
    change: `cost of ${model} under ${text}`,
    size: (costUsd - value) / costUsd,
    input: withCandidate(input, { ...candidate, costUsd: value * UNDER }),
  }));
}

/** By how much a candidate is worth less than the chosen one, at the price in force. */
function deficit(candidate: Candidate, { price, outcome }: ChoiceInput, choice: Choice): number {
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
