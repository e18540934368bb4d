import { at } from '../metrics/at.js';
import type { Routing } from '../../route/routing.js';
import type { BenchSet } from './bench-set.js';
import { MIN_COVERAGE } from './baseline-scores.js';
import { answerCost } from './prices.js';
import type { AnswerCost } from './prices.js';
import type { Catalog } from '../../catalog/catalog.js';
import { listedPrice } from './prices.js';

/**
 * The models and prompts of a set on which contenders are compared by cost: every model has a price
 * and an outcome for every prompt. A row is one of these prompts.
 */
export interface Population {
  readonly models: readonly string[];
  /** The index of each row in `set.measured`. */
  readonly measuredIndices: readonly number[];
  /** By model, then row: the score, 0 to 1, and the cost of the answer in US dollars. */
  readonly scores: readonly Float64Array[];
  readonly costs: readonly Float64Array[];
  readonly unpriced: number;
  readonly incomplete: number;
  /** Share of answers whose tokens were estimated, 0 to 1. */
  readonly estimatedShare: number;
}

/** Inputs to `populationOf`. */
export interface PopulationInputs {
  readonly set: BenchSet;
  /** All models of the set, in the order of the routings' candidates. */
  readonly models: readonly string[];
  readonly routings: readonly Routing[];
  readonly catalog: Catalog;
}

/** @returns no models or no places if there is nothing to compare */
export function populationOf(source: PopulationInputs): Population {
  const { set, models, routings } = source;
  const answers = models.map((model, m) => answersOf(source, model, m));
  const priced = answers.map((of) => of.every((answer) => answer !== 'unpriced'));
  const covered = answers.map((of) => {
    const count = of.filter((answer) => answer !== null).length;
    return count > 0 && count >= MIN_COVERAGE * set.measured.length;
  });
  const kept = models.flatMap((_, m) => (priced[m] === true && covered[m] === true ? [m] : []));
  const places = routings.flatMap((_, place) =>
    kept.every((m) => answers[m]?.[place] !== null) ? [place] : [],
  );
  const answerAt = (m: number, place: number): Answer => answers[m]?.[place] as Answer;
  const estimated = kept.map((m) => places.filter((p) => answerAt(m, p).cost.estimated).length);
  return {
    models: kept.map((m) => models[m] ?? ''),
    measuredIndices: places,
    scores: kept.map((m) => Float64Array.from(places, (place) => answerAt(m, place).score)),
    costs: kept.map((m) => Float64Array.from(places, (place) => answerAt(m, place).cost.usd)),
    unpriced: priced.filter((isPriced) => !isPriced).length,
    incomplete: models.filter((_, m) => priced[m] === true && covered[m] !== true).length,
    estimatedShare:
      estimated.reduce((sum, count) => sum + count, 0) / (kept.length * places.length),
  };
}

interface Answer {
  readonly score: number;
  readonly cost: AnswerCost;
}

/** A model's answers by place; `null` for prompts that it did not answer. */
function answersOf(
  { set, routings, catalog }: PopulationInputs,
  model: string,
  m: number,
): readonly (Answer | 'unpriced' | null)[] {
  const price = listedPrice(catalog, model);
  return routings.map(({ input, features }, place) => {
    const outcome = set.lines[at(set.measured, place)]?.outcomes.get(model);
    if (outcome === undefined) return null;
    const { outputTokens } = input.candidates.at(m);
    const expected = { outputTokens, inputTokens: features.inputTokens };
    const cost = answerCost(outcome, price, expected, set.known?.lengths ?? true);
    return cost === null ? 'unpriced' : { score: outcome.score, cost };
  });
}
