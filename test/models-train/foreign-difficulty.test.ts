import { forEachPrediction } from '../../models/train/predictor/ensemble.js';
import type { Ensemble } from '../../models/train/predictor/ensemble.js';
import { fitForeignDifficulty } from '../../models/train/predictor/foreign-difficulty.js';
import { foreignRows, ratedRows } from '../../models/train/predictor/outcome-table.js';
import type { OutcomeTable } from '../../models/train/predictor/outcome-table.js';
import { RATED_SET } from '../../models/train/predictor/rated/rated-prompts.js';
import { at, logistic } from '../../src/route/factor-network.js';
import { INPUTS, plantedTable, ROWS, trained } from './planted-table.js';

const EMBEDDING_ROWS = 8;
/** Rows of the table in another language: those of the training half are learned from, the rest are held out. */
const FOREIGN = Array.from({ length: ROWS / 2 }, (_, i) => ROWS / 2 + i);
const LEARNED = FOREIGN.slice(0, ROWS / 4);
const HELD_OUT = FOREIGN.slice(ROWS / 4);
/** A word that makes a prompt hard, and one that does not. */
const [HARD, PLAIN] = [5, 2];

const isHard = (row: number): boolean => row % 3 === 0;
/** Success of the strong model: the second input and a word count, and not the first input as in English. */
const successOf = (table: OutcomeTable, row: number): number =>
  logistic(1.5 - at(table.inputs, row * INPUTS + 1) - (isHard(row) ? 2 : 0));

function withForeignHalf(): OutcomeTable {
  const table = plantedTable();
  for (const row of FOREIGN) {
    const strong = successOf(table, row);
    table.score.set([strong, logistic(Math.log(strong / (1 - strong)) - 3)], 2 * row);
  }
  return {
    ...table,
    prompts: table.prompts.map((prompt, row) =>
      row < ROWS / 2 ? prompt : { ...prompt, set: RATED_SET },
    ),
    foreign: table.prompts.map((_, row) => ({
      degree: row < ROWS / 2 ? 0 : 1,
      words: {
        rows: Int32Array.of(isHard(row) ? HARD : PLAIN),
        weights: Float32Array.of(1),
      },
    })),
    embeddingRows: EMBEDDING_ROWS,
  };
}

function successesOf(ensemble: Ensemble, table: OutcomeTable, rows: readonly number[]): number[] {
  const found: number[] = [];
  forEachPrediction(ensemble, table, rows, (_, logOdds) => found.push(logistic(logOdds(0))));
  return found;
}

function meanError(ensemble: Ensemble, table: OutcomeTable): number {
  const errors = successesOf(ensemble, table, HELD_OUT).map((success, i) =>
    Math.abs(success - successOf(table, HELD_OUT[i] ?? 0)),
  );
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

describe('fitForeignDifficulty', () => {
  const table = withForeignHalf();
  const ensemble = trained(table);
  const english = Array.from({ length: 50 }, (_, row) => row);
  const before = {
    error: meanError(ensemble, table),
    english: successesOf(ensemble, table, english),
  };

  test('leaves the weights unchanged for too few prompts', () => {
    const weights = ensemble.tables.foreignWeights.slice();

    fitForeignDifficulty(ensemble, table, LEARNED.slice(0, 50));

    expect(ensemble.tables.foreignWeights).toEqual(weights);
  });

  test('learns from ratings which inputs and words make prompts in other languages hard', () => {
    fitForeignDifficulty(ensemble, table, LEARNED);

    expect(meanError(ensemble, table)).toBeLessThan(0.08);
    expect(before.error).toBeGreaterThan(0.2);
    const { foreignRows: words } = ensemble.tables;
    expect(at(words, HARD)).toBeGreaterThan(at(words, PLAIN) + 1);
    expect(at(words, 0)).toBe(0);
  });

  test('does not change predictions for English', () => {
    expect(successesOf(ensemble, table, english)).toEqual(before.english);
  });
});

test('rated prompts are divided into those in English and those in other languages', () => {
  const table = withForeignHalf();
  const mixed = {
    ...table,
    foreign: table.foreign.map((one, row) => (row % 2 === 0 ? { ...one, degree: 0.2 } : one)),
  };

  const inEnglish = ratedRows(mixed, 'train');
  const inOthers = foreignRows(mixed, 'train');

  expect(inEnglish).toEqual(FOREIGN.filter((row) => row % 2 === 0));
  expect(inOthers).toEqual(FOREIGN.filter((row) => row % 2 === 1));
});
