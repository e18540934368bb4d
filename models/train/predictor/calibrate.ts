import { at, factorsOf, logistic } from '../../../src/route/factor-network.js';
import { fitLogisticLine, type Line } from '../logistic-line.js';
import { forEachPrediction, rescale } from './ensemble.js';
import type { Ensemble } from './ensemble.js';
import { gradesAdequacy } from './outcome-table.js';
import type { OutcomeTable } from './outcome-table.js';

/** Number of prompts with which a model's own shift is shrunk to half. */
const SHRINKAGE = 15;

/** The scale and shift applied to all log-odds. */
export type Calibration = Line;

interface Graded {
  readonly model: number;
  readonly logOdds: number;
  readonly score: number;
  readonly weight: number;
}

/**
 * Makes the probabilities of an ensemble agree with the grades of rows it was not trained on.
 *
 * One scale and one shift for all, then a shift for each model, shrunk the more the fewer grades it has.
 * Preference sets are left out: they measure preference, not adequacy.
 */
export function calibrate(
  ensemble: Ensemble,
  table: OutcomeTable,
  rows: readonly number[],
): Calibration {
  const calibration = fitLogisticLine(
    collect(ensemble, table, rows).map(({ logOdds, score, weight }) => ({
      x: logOdds,
      share: score,
      weight,
    })),
  );
  rescale(ensemble, calibration.scale, calibration.shift);
  // The memory holds residuals of the networks, so it has changed with them.
  shiftModels(ensemble, collect(ensemble, table, rows));
  return calibration;
}

function collect(ensemble: Ensemble, table: OutcomeTable, rows: readonly number[]): Graded[] {
  const graded: Graded[] = [];
  const adequacy = rows.filter((row) => gradesAdequacy(table, row));
  forEachPrediction(ensemble, table, adequacy, (row, logOdds) => {
    const start = table.first[row] ?? 0;
    const end = table.first[row + 1] ?? start;
    for (let i = start; i < end; i++) {
      const model = table.model[i] ?? 0;
      graded.push({
        model,
        logOdds: logOdds(model),
        score: at(table.score, i),
        weight: 1 / Math.sqrt(end - start),
      });
    }
  });
  return graded;
}

function shiftModels(ensemble: Ensemble, graded: readonly Graded[]): void {
  const { abilities, shape } = ensemble;
  const factors = factorsOf(shape);
  const models = abilities.length / factors;
  const surplus = new Float64Array(models);
  const information = new Float64Array(models).fill(SHRINKAGE / 4);
  for (const { model, logOdds, score } of graded) {
    const p = logistic(logOdds);
    surplus[model] = (surplus[model] ?? 0) + score - p;
    information[model] = (information[model] ?? 0) + p * (1 - p);
  }
  // The general ability is the first of each member's.
  for (let i = 0; i < abilities.length; i += 1 + shape.skills) {
    const model = Math.floor(i / factors);
    abilities[i] = at(abilities, i) + (surplus[model] ?? 0) / (information[model] ?? 1);
  }
}
