import type { RuleOutcome } from '../rules/outcome.js';
import { Expectations, type Prospect } from './expectations.js';
import { findPrice, meanNovelty } from './find-price.js';

/** What a price book is told of the outside. */
export interface PriceBookParts {
  /** What is expected for prompts as they usually come, by an outcome's constraints; asked once for each. */
  readonly usualProspects: (outcome: RuleOutcome) => readonly Prospect[];
  /** Runs work some time later, when no request waits for it; `null`: decisions teach nothing. */
  readonly defer: ((work: () => void) => void) | null;
}

/**
 * Of what the promise allows to be given away, the share that is planned to be. Predictions are
 * right on average, not for every kind of traffic; on the validation parts of all sets together
 * this kept 97 % where 97 % was promised (`docs/bench.md`).
 */
const SPENT = 0.8;
/** Most that is kept back for that: who gives much away need not be exact. */
const MOST_KEPT_BACK = 0.01;
/**
 * How many times more is kept back for wholly novel requests: a new kind of traffic is mispredicted as a whole. Chosen on the
 * validation parts of sets that the predictor was not trained on.
 */
const NOVEL_SURCHARGE = 2;
/** Decisions that the usual prompts weigh as much as. */
const USUAL_WEIGHT = 30;
/** Decisions of one's own that are remembered, and numbers that may take. */
const MOST_RECENT = 1000;
const MOST_NUMBERS = 20_000;
const LEAST_RECENT = 64;
/** A price is found again after so many decisions, and after each further quarter of all so far. */
const FIRST_REVIEW = 16;
const GROWTH = 1.25;
const LAST_PAUSE = 250;
/** Outcomes whose own traffic is followed; later ones keep the price of the usual prompts. */
const MOST_FOLLOWED = 50;

/** A price, and what it was found from. */
interface Entry {
  price: number | null;
  readonly usual: Expectations | null;
  /** `null` until there is a decision to follow. */
  recent: Expectations | null;
  /** Decisions after which the price is found again. */
  due: number;
}

/**
 * Knows what quality is worth for every set of rules that requests fall under, so that each keeps
 * its promise on average at the least cost.
 *
 * A price is found from prompts as they usually come, and follows the decisions that are made: only
 * predictions are needed for that, no grades. It changes between decisions, never during one.
 */
export class PriceBook {
  readonly #parts: PriceBookParts;
  readonly #entries = new WeakMap<RuleOutcome, Entry>();
  #followed = 0;

  constructor(parts: PriceBookParts) {
    this.#parts = parts;
  }

  /**
   * What one more adequate answer is worth now: US dollars, or milliseconds where the policy strives
   * for latency. `null` where every choice has to keep the promise by itself.
   */
  priceOf(outcome: RuleOutcome): number | null {
    return this.#entryOf(outcome).price;
  }

  /** Takes note of a request that was decided under an outcome. */
  record(outcome: RuleOutcome, prospect: Prospect): void {
    const { defer } = this.#parts;
    if (defer === null) return;
    const entry = this.#entryOf(outcome);
    const recent = entry.recent ?? this.#follow(entry, outcome, prospect);
    if (recent === null) return;
    recent.add(prospect);
    if (recent.added < entry.due) return;
    entry.due = nextReview(recent.added);
    defer(() => {
      entry.price = priceFor(entry, outcome);
    });
  }

  #entryOf(outcome: RuleOutcome): Entry {
    const known = this.#entries.get(outcome);
    if (known !== undefined) return known;
    const entry = this.#open(outcome);
    this.#entries.set(outcome, entry);
    return entry;
  }

  #open(outcome: RuleOutcome): Entry {
    if (!isWeighed(outcome)) return { price: null, usual: null, recent: null, due: Infinity };
    const usual = expectationsOf(this.#parts.usualProspects(outcome), outcome);
    const recent = null;
    return { price: priceFor({ usual, recent }, outcome), usual, recent, due: FIRST_REVIEW };
  }

  #follow(entry: Entry, outcome: RuleOutcome, { candidates }: Prospect): Expectations | null {
    if (!isWeighed(outcome) || this.#followed >= MOST_FOLLOWED) return null;
    this.#followed += 1;
    const { length } = candidates;
    entry.recent = new Expectations(outcome, length, capacityFor(length));
    return entry.recent;
  }
}

/** What prompts come to under an outcome; `null` when there is none. */
export function expectationsOf(
  prospects: readonly Prospect[],
  outcome: RuleOutcome,
): Expectations | null {
  const [first] = prospects;
  if (first === undefined) return null;
  const expectations = new Expectations(outcome, first.candidates.length, prospects.length);
  for (const prospect of prospects) expectations.add(prospect);
  return expectations;
}

/**
 * The share of the reference's quality that is aimed at so that `keep` of it is realised.
 *
 * @param novelty - mean novelty of the traffic, 0 to 1
 */
export function targetShare(keep: number, novelty: number): number {
  const keptBack = Math.min(MOST_KEPT_BACK, (1 - SPENT) * (1 - keep));
  return keep + (1 + NOVEL_SURCHARGE * novelty) * keptBack;
}

/** Where all is to be kept, or nothing but quality counts, there is nothing to weigh. */
function isWeighed({ objective, keep }: RuleOutcome): boolean {
  return objective !== 'quality' && keep.value < 1;
}

function priceFor(
  { usual, recent }: Pick<Entry, 'usual' | 'recent'>,
  { keep }: RuleOutcome,
): number | null {
  const samples = [
    ...(usual === null || usual.size === 0
      ? []
      : [{ expectations: usual, weight: USUAL_WEIGHT / usual.size }]),
    ...(recent === null ? [] : [{ expectations: recent, weight: 1 }]),
  ];
  return findPrice(samples, targetShare(keep.value, meanNovelty(samples)));
}

function capacityFor(width: number): number {
  const affordable = Math.floor(MOST_NUMBERS / width);
  return Math.max(LEAST_RECENT, Math.min(MOST_RECENT, affordable));
}

function nextReview(decisions: number): number {
  return Math.min(decisions + LAST_PAUSE, Math.ceil(decisions * GROWTH));
}
