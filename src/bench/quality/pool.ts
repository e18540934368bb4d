import { calibrationFigures, pooledDiagram } from '../metrics/calibration.js';
import { estimatesOf, mapBootstrapped, zipBootstrapped } from '../metrics/estimate.js';
import type { Estimate, Bootstrapped } from '../metrics/estimate.js';
import { addKeepSums, keepReports } from './measure-keep.js';
import { LEARNER_IDS } from './baseline-scores.js';
import type { SetMeasurement } from './measure-set.js';
import type { CalibrationReport, GroupReport, RankerId, SetReport } from './report.js';

const RANKERS: readonly RankerId[] = ['ours', ...LEARNER_IDS, 'length', 'oracle'];

const GROUPS: readonly {
  readonly name: string;
  readonly has: (relation: SetReport['relation']) => boolean;
}[] = [
  {
    name: 'in distribution: sets whose training part the predictor was trained on',
    has: (r) => r === 'trained',
  },
  { name: 'never seen: sets the predictor was not trained on', has: (r) => r !== 'trained' },
];

/** Pools sets by whether the shipped predictor was trained on them; groups of one set are omitted. */
export function poolSets(measures: readonly SetMeasurement[]): readonly GroupReport[] {
  return GROUPS.flatMap(({ name, has }) => {
    const members = measures.filter(({ report }) => has(report.relation));
    return members.length < 2 ? [] : [pool(name, members)];
  });
}

function pool(name: string, members: readonly SetMeasurement[]): GroupReport {
  const graded = members.filter(({ report }) => !report.preference);
  const keeps = graded.flatMap(({ frontier }) => (frontier === null ? [] : [frontier.keeps]));
  return {
    name,
    sets: members.map(({ report }) => report.name),
    rankers: rankersOver(members),
    pairs: pairsOver(members),
    calibration: calibrationOver(graded),
    keeps:
      keeps.length === 0
        ? []
        : keepReports(mapBootstrapped(zipBootstrapped(keeps), addKeepSums), () => null),
  };
}

/** Only sets on which every ranker could be measured count; otherwise the means would not be comparable. */
function rankersOver(members: readonly SetMeasurement[]): GroupReport['rankers'] {
  const pairs = members.flatMap(({ pair }) => (pair === null ? [] : [pair.sampled]));
  const whole = pairs.filter(({ value }) =>
    RANKERS.every((id) => Number.isFinite(value[id]?.apgr)),
  );
  if (whole.length === 0) return [];
  const together = zipBootstrapped(whole);
  return RANKERS.map((id) => ({
    id,
    sets: whole.length,
    apgr: meanOf(together, (of) => of[id]?.apgr ?? Number.NaN),
    denseApgr: meanOf(together, (of) => of[id]?.denseApgr ?? Number.NaN),
    oursLess:
      id === 'ours'
        ? null
        : meanOf(together, (of) => (of.ours?.apgr ?? Number.NaN) - (of[id]?.apgr ?? Number.NaN)),
  }));
}

/** The same as `rankersOver`, over all pairs of models. */
function pairsOver(members: readonly SetMeasurement[]): GroupReport['pairs'] {
  const measured = members.flatMap(({ pairs }) => (pairs === null ? [] : [pairs.sampled]));
  const whole = measured.filter(({ value }) => RANKERS.every((id) => Number.isFinite(value[id])));
  if (whole.length === 0) return [];
  const together = zipBootstrapped(whole);
  return RANKERS.map((id) => ({
    id,
    sets: whole.length,
    apgr: meanOf(together, (of) => of[id] ?? Number.NaN),
    oursLess:
      id === 'ours'
        ? null
        : meanOf(together, (of) => (of.ours ?? Number.NaN) - (of[id] ?? Number.NaN)),
  }));
}

function meanOf<T>(sets: Bootstrapped<readonly T[]>, figureOf: (figures: T) => number): Estimate {
  const mean = (all: readonly T[]): number => {
    // In a resample of few prompts two models may do equally well, so the set has no figure.
    const found = all.map(figureOf).filter(Number.isFinite);
    return found.reduce((sum, value) => sum + value, 0) / found.length;
  };
  return estimatesOf(mapBootstrapped(sets, (all) => ({ mean: mean(all) }))).mean;
}

function calibrationOver(members: readonly SetMeasurement[]): CalibrationReport {
  const sums = zipBootstrapped(members.map(({ calibration }) => calibration));
  const reports = members.map(({ report }) => report.calibration);
  return {
    ...estimatesOf(mapBootstrapped(sums, (all) => ({ ...calibrationFigures(all) }))),
    outcomes: reports.reduce((sum, { outcomes }) => sum + outcomes, 0),
    diagram: pooledDiagram(reports.map(({ diagram }) => diagram)),
  };
}
