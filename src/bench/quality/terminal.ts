import { dollars, table } from '../../cli/table.js';
import type { Column } from '../../cli/table.js';
import { percentWithInterval, plain, signed, withInterval } from './figures.js';
import { contenderName, CONTENDERS } from './report.js';
import type {
  CalibrationReport,
  FrontierReport,
  GroupReport,
  KeepReport,
  PairReport,
  QualityReport,
  SetReport,
} from './report.js';

/** Everything that a person at a terminal wants to know first, set by set, then pooled. */
export function terminalTables(report: QualityReport): string {
  const { router, rounds, seed } = report;
  const head = `predictor ${router.predictor}, catalog ${router.catalog}; [95 % of ${rounds} resamples], seed ${seed}`;
  return [head, ...report.sets.map(setText), ...report.groups.map(groupText), ''].join('\n\n');
}

const SPLIT_WORDS = {
  all: 'all prompts, baselines cross-validated',
  test: 'test part',
  validation: 'validation part',
} as const;

function setText(set: SetReport): string {
  const { name, prompts, lines, models, split, pair, frontier, calibration, notes } = set;
  const parts = [
    `== ${name}: ${prompts} of ${lines} prompts (${SPLIT_WORDS[split]}), ${models} models`,
    ...notes.map((note) => `   ! ${note}`),
    ...(pair === null ? [] : ['', pairText(pair)]),
    ...(frontier === null ? [] : ['', frontierText(frontier), '', keepText(frontier.keeps)]),
    '',
    calibrationText(calibration),
  ];
  return parts.join('\n');
}

const left = (title: string): Column => ({ title, align: 'left' });
const right = (title: string): Column => ({ title, align: 'right' });

function pairText({ weak, strong, prompts, weakMean, strongMean, rankers }: PairReport): string {
  const head = `${weak} ${plain(weakMean)} -> ${strong} ${plain(strongMean)}, ${prompts} prompts`;
  const columns = [
    left(''),
    left('APGR'),
    left('ours less it'),
    right('CPT50'),
    right('CPT80'),
    right('dense APGR'),
    right('CPT50'),
    right('CPT80'),
  ];
  const rows = rankers.map((ranker) => [
    CONTENDERS[ranker.id],
    withInterval(ranker.apgr),
    ranker.oursLess === null ? '' : signed(ranker.oursLess),
    percentOf(ranker.cpt50.value),
    percentOf(ranker.cpt80.value),
    plain(ranker.denseApgr),
    percentOf(ranker.denseCpt50.value),
    percentOf(ranker.denseCpt80.value),
  ]);
  return `${head}\n${table(columns, rows)}`;
}

function frontierText(frontier: FrontierReport): string {
  const { models, prompts, unpriced, incomplete, contenders } = frontier;
  const left_ = [
    ...(unpriced > 0 ? [`${unpriced} without a price`] : []),
    ...(incomplete > 0 ? [`${incomplete} without all outcomes`] : []),
  ];
  const without = left_.length === 0 ? '' : ` (left out: ${left_.join(', ')})`;
  const head = `Among ${models.length} models on ${prompts} prompts${without}:`;
  const columns = [
    left(''),
    left('AIQ'),
    left('saved at 95 % of best'),
    left('at 97 %'),
    left('at 99 %'),
    left('RouterArena'),
  ];
  const rows = contenders.map((one) => [
    contenderName(one.id),
    withInterval(one.aiq),
    percentWithInterval(one.saved95),
    percentWithInterval(one.saved97),
    percentWithInterval(one.saved99),
    withInterval(one.arena),
  ]);
  return `${head}\n${table(columns, rows)}`;
}

function keepText(keeps: readonly KeepReport[]): string {
  const columns = [
    left('keep'),
    left('realised'),
    left('saved'),
    left('score'),
    right('$/prompt'),
    left('score over random mix'),
  ];
  const rows = keeps.map((kept) => [
    String(kept.keep),
    withInterval(kept.realised),
    percentWithInterval(kept.saved),
    withInterval(kept.quality),
    dollars(kept.costUsd.value),
    kept.overRandom === null ? '' : signed(kept.overRandom),
  ]);
  return table(columns, rows);
}

function calibrationText({ ece, brier, excess, outcomes }: CalibrationReport): string {
  return `calibration over ${outcomes} outcomes: ECE ${withInterval(ece)}, Brier ${withInterval(brier)}, promised less kept ${signed(excess)}`;
}

function groupText({ name, sets, rankers, calibration, keeps }: GroupReport): string {
  const count = rankers[0]?.sets ?? 0;
  const columns = [left(''), left('mean APGR'), left('ours less it'), right('dense APGR')];
  const rows = rankers.map((ranker) => [
    CONTENDERS[ranker.id],
    withInterval(ranker.apgr),
    ranker.oursLess === null ? '' : signed(ranker.oursLess),
    plain(ranker.denseApgr),
  ]);
  return [
    `== ${name} (${sets.length}: ${sets.join(', ')})`,
    '',
    ...(rankers.length === 0
      ? []
      : [`Mean over the ${count} sets with all rankers:`, table(columns, rows), '']),
    ...(keeps.length === 0 ? [] : [keepText(keeps), '']),
    calibrationText(calibration),
  ].join('\n');
}

const PERCENT = 100;

function percentOf(share: number | null): string {
  return share === null ? 'n/a' : (PERCENT * share).toFixed(1);
}
