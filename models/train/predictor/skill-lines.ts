import { at, factorsOf } from '../../../src/route/factor-network.js';
import { forEachDemand } from './ensemble.js';
import type { Ensemble } from './ensemble.js';
import type { OutcomeTable } from './outcome-table.js';
import type { ModelFacts } from '../../../src/route/model-strength.js';

/** Minimum slope of log-odds over strength, on all but the oddest prompts: a stronger model is never worse. */
const LEAST_RISE = 0.4;
/** Share of prompts that may be below the minimum. */
const ODD_SHARE = 0.001;
const SMALLEST_VARIANCE = 0.05;

/** A model as an ensemble has it. */
export interface FittedModel {
  /** Its general ability. */
  readonly strength: number;
  readonly variance: number;
  readonly facts: ModelFacts;
}

/** Abilities as lines over strength, for models without graded answers. Shapes [members × (1 + skills)]. */
export interface SkillLines {
  readonly skillIntercept: Float32Array;
  readonly skillSlope: Float32Array;
  /** Variance of log-odds around the lines. */
  readonly skillVariance: number;
}

/** How much prompts use each ability; shapes [members × (1 + skills)]. */
export interface Usage {
  readonly table: OutcomeTable;
  readonly rows: readonly number[];
  /** The general abilities of the members sum to 1. */
  readonly mean: Float32Array;
  readonly meanSquare: Float32Array;
}

/** Averages the demands of the prompts of `rows`. */
export function averageDemand(
  ensemble: Ensemble,
  table: OutcomeTable,
  rows: readonly number[],
): Usage {
  const { members } = ensemble.shape;
  const mean = new Float32Array(factorsOf(ensemble.shape));
  const meanSquare = mean.slice();
  forEachDemand(ensemble, table, rows, ({ factors }) => {
    for (let k = 0; k < mean.length; k++) {
      const used = at(factors, k) / members;
      mean[k] = at(mean, k) + used / rows.length;
      meanSquare[k] = at(meanSquare, k) + (used * used) / rows.length;
    }
  });
  return { table, rows, mean, meanSquare };
}

/** Fits a line per ability over the models, weighted by how well each is known. */
export function fitSkillLines(
  ensemble: Ensemble,
  fitted: readonly FittedModel[],
  usage: Usage,
): SkillLines {
  const { abilities } = ensemble;
  const factors = usage.mean.length;
  const weights = fitted.map(({ variance }) => 1 / (variance + 0.3));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (of: (m: number) => number): number =>
    weights.reduce((sum, weight, m) => sum + weight * of(m), 0) / total;
  const strength = (m: number): number => fitted[m]?.strength ?? 0;
  const centre = mean(strength);
  const spread = mean((m) => (strength(m) - centre) ** 2);
  const skill = (m: number, k: number): number => at(abilities, m * factors + k);
  const levels = Float32Array.from({ length: factors }, (_, k) => mean((m) => skill(m, k)));
  const slopes = levels.map(
    (level, k) => mean((m) => (strength(m) - centre) * (skill(m, k) - level)) / spread,
  );
  const skillSlope = withMonotoneStrength(ensemble, slopes, usage);
  let left = 0;
  for (let k = 0; k < factors; k++) {
    const line = (m: number): number => at(levels, k) + at(skillSlope, k) * (strength(m) - centre);
    left += at(usage.meanSquare, k) * mean((m) => (skill(m, k) - line(m)) ** 2);
  }
  return {
    skillSlope,
    skillIntercept: levels.map((level, k) => level - at(skillSlope, k) * centre),
    skillVariance: Math.max(SMALLEST_VARIANCE, left),
  };
}

/**
 * Shrinks the slopes of the skills until log-odds rise with strength on nearly all prompts (`LEAST_RISE`). What is
 * lost on average is added to the general ability, so that the mean slope stays the same.
 */
function withMonotoneStrength(
  ensemble: Ensemble,
  slopes: Float32Array,
  usage: Usage,
): Float32Array {
  const { members, skills } = ensemble.shape;
  const isSkill = (k: number): boolean => k % (1 + skills) !== 0;
  const rises: number[] = [];
  forEachDemand(ensemble, usage.table, usage.rows, ({ factors }) => {
    let rise = 0;
    slopes.forEach((slope, k) => (rise += isSkill(k) ? (at(factors, k) / members) * slope : 0));
    rises.push(rise);
  });
  rises.sort((a, b) => a - b);
  let usual = 0;
  slopes.forEach((slope, k) => (usual += isSkill(k) ? at(usage.mean, k) * slope : 0));
  const lowest = rises[Math.floor(ODD_SHARE * rises.length)] ?? usual;
  const kept = Math.min(1, (1 - LEAST_RISE) / Math.max(1e-6, usual - lowest));
  return slopes.map((slope, k) => (isSkill(k) ? kept * slope : slope + (1 - kept) * usual));
}
