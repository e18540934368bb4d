import { at, logistic } from '../../../../src/route/factor-network.js';
import type { Progress } from '../../progress.js';
import { forEachPrediction } from '../ensemble.js';
import type { Ensemble } from '../ensemble.js';
import { gradesAdequacy } from '../outcome-table.js';
import type { OutcomeTable } from '../outcome-table.js';
import { promptId } from './rated-prompts.js';
import type { Rating } from './rated-prompts.js';
import { gradesOfRated } from './rating-calibration.js';

/** Languages with fewer held-out prompts are not reported. */
const FEWEST_PROMPTS = 20;

/** A share that was expected and one that came out, or was expected by somebody else; 0 to 1. */
type Pair = readonly [expected: number, actual: number];

/** Prints how ratings compare with grades, for prompts that have both. */
export function reportRatings(
  table: OutcomeTable,
  rows: readonly number[],
  ratings: ReadonlyMap<string, Rating>,
  progress: Progress,
): void {
  const bySet = new Map<string, Pair[]>();
  for (const row of rows) {
    const prompt = table.prompts[row];
    const rating = ratings.get(promptId(prompt?.prompt ?? ''));
    if (rating === undefined || prompt === undefined || !gradesAdequacy(table, row)) continue;
    const pairs = bySet.get(prompt.set.name) ?? [];
    pairs.push(...gradesOfRated(prompt, rating));
    bySet.set(prompt.set.name, pairs);
  }
  progress.say('ratings of graded prompts, and the grades of the rated models:');
  for (const [set, pairs] of bySet)
    if (pairs.length > 1) progress.say(`  ${set}: ${compare(pairs)}`);
  progress.say(`  all: ${compare([...bySet.values()].flat())}`);
}

/** Prints how predictions compare with ratings, for prompts that no ensemble was trained on: in English, and in other languages. */
export function reportRatedPredictions(
  ensemble: Ensemble,
  table: OutcomeTable,
  { rated, foreign }: { readonly rated: readonly number[]; readonly foreign: readonly number[] },
  progress: Progress,
): void {
  const english = comparePredictions(ensemble, table, rated);
  progress.say(`predictions for held-out rated prompts, and their ratings: ${english}`);
  const byLanguage = new Map<string, number[]>();
  for (const row of foreign) {
    const language = table.languages[row] ?? 'und';
    byLanguage.set(language, [...(byLanguage.get(language) ?? []), row]);
  }
  if (foreign.length === 0) return;
  progress.say(`  in other languages: ${comparePredictions(ensemble, table, foreign)}`);
  for (const [language, rows] of [...byLanguage].sort(([, a], [, b]) => b.length - a.length))
    if (rows.length >= FEWEST_PROMPTS)
      progress.say(`  ${language}: ${comparePredictions(ensemble, table, rows)}`);
}

function comparePredictions(
  ensemble: Ensemble,
  table: OutcomeTable,
  rows: readonly number[],
): string {
  const pairs: Pair[] = [];
  forEachPrediction(ensemble, table, rows, (row, logOdds) => {
    for (let i = table.first[row] ?? 0; i < (table.first[row + 1] ?? 0); i++) {
      pairs.push([logistic(logOdds(table.model[i] ?? 0)), at(table.score, i)]);
    }
  });
  return compare(pairs);
}

function compare(pairs: readonly Pair[]): string {
  const mean = (of: (pair: Pair) => number): number =>
    pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length;
  const expected = mean(([value]) => value);
  const actual = mean(([, value]) => value);
  const product = mean(([a, b]) => (a - expected) * (b - actual));
  const spread = Math.sqrt(mean(([a]) => (a - expected) ** 2) * mean(([, b]) => (b - actual) ** 2));
  const correlation = spread === 0 ? 'n/a' : (product / spread).toFixed(2);
  return `${pairs.length} answers, mean ${expected.toFixed(2)} and ${actual.toFixed(2)}, correlation ${correlation}`;
}
