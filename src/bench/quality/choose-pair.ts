import type { BenchSet } from './bench-set.js';
import type { Pair } from './measure-pair.js';
import type { Population } from './population.js';

/**
 * The weak and strong model for the curve of a set: the requested pair, else the known pair of the set,
 * else its cheapest (without prices: its worst) and its best model.
 */
export function choosePair(
  set: BenchSet,
  models: readonly string[],
  population: Population,
  requested: Pair | null,
): { readonly pair: Pair | null; readonly note: string | null } {
  const has = ({ weak, strong }: Pair): boolean => models.includes(weak) && models.includes(strong);
  if (requested !== null) {
    if (has(requested)) return { pair: requested, note: null };
    return {
      pair: null,
      note: `This set does not have both ${requested.weak} and ${requested.strong}.`,
    };
  }
  if (set.known !== null && has(set.known)) {
    return { pair: { weak: set.known.weak, strong: set.known.strong }, note: null };
  }
  const pair = extremes(set, models, population);
  const note =
    pair === null
      ? 'There is no obvious pair of models; choose one with --pair WEAK,STRONG.'
      : `The pair is the ${population.models.length < 2 ? 'worst' : 'cheapest'} model and the best one; choose another with --pair WEAK,STRONG.`;
  return { pair, note };
}

function extremes(
  set: BenchSet,
  models: readonly string[],
  { models: pricedModels, costs }: Population,
): Pair | null {
  const pool = pricedModels.length < 2 ? models : pricedModels;
  const scores = pool.map((model) => meanScore(set, model));
  const strong = pool[scores.indexOf(Math.max(...scores))];
  const totals = costs.map((of) => of.reduce((sum, usd) => sum + usd, 0));
  const weak =
    pricedModels.length < 2
      ? pool[scores.indexOf(Math.min(...scores))]
      : pool[totals.indexOf(Math.min(...totals))];
  return weak === undefined || strong === undefined || weak === strong ? null : { weak, strong };
}

function meanScore({ lines }: BenchSet, model: string): number {
  const scores = lines.flatMap(({ outcomes }) => outcomes.get(model)?.score ?? []);
  return scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
