import { formatTable } from '../../cli/table.js';
import { formatValue, formatSigned, formatWithInterval } from './format.js';
import type {
  CalibrationReport,
  FrontierReport,
  GroupReport,
  PairReport,
  AllPairsReport,
  QualityReport,
  SetReport,
} from './report.js';
import {
  frontierTable,
  groupAllPairsTable,
  groupTable,
  keepTable,
  pairTable,
  allPairsTable,
} from './tables.js';
import type { FigureTable } from './tables.js';

/** The most important figures as text, set by set, then pooled. */
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
  const { name, prompts, lines, models, split, pair, pairs, frontier, calibration, notes } = set;
  return [
    `== ${name}: ${prompts} of ${lines} prompts (${SPLIT_WORDS[split]}), ${models} models`,
    ...notes.map((note) => `   ! ${note}`),
    ...(pair === null ? [] : ['', pairHead(pair), text(pairTable(pair, 'terminal'))]),
    ...(pairs === null ? [] : ['', pairsHead(pairs), text(allPairsTable(pairs.rankers))]),
    ...(frontier === null
      ? []
      : [
          '',
          frontierHead(frontier),
          text(frontierTable(frontier)),
          '',
          text(keepTable(frontier.keeps)),
        ]),
    '',
    calibrationText(calibration),
  ].join('\n');
}

function groupText(group: GroupReport): string {
  const { name, sets, calibration, keeps } = group;
  const rankers = groupTable(group);
  const pairs = groupAllPairsTable(group);
  return [
    `== ${name} (${sets.length}: ${sets.join(', ')})`,
    ...(rankers === null ? [] : ['', text(rankers)]),
    ...(pairs === null ? [] : ['', text(pairs)]),
    ...(keeps.length === 0 ? [] : ['', text(keepTable(keeps))]),
    '',
    calibrationText(calibration),
  ].join('\n');
}

function text({ columns, rows }: FigureTable): string {
  return formatTable(columns, rows);
}

function pairHead({ weak, strong, prompts, weakMean, strongMean }: PairReport): string {
  return `${weak} ${formatValue(weakMean)} -> ${strong} ${formatValue(strongMean)}, ${prompts} prompts`;
}

function pairsHead({ models, pairs, pairsApart, prompts, leastGap }: AllPairsReport): string {
  return `${pairs} of ${pairsApart} pairs of models that are at least ${leastGap} apart, of ${models} models on ${prompts} prompts:`;
}

function frontierHead({ models, prompts, unpriced, incomplete }: FrontierReport): string {
  const without = [
    ...(unpriced > 0 ? [`${unpriced} without a price`] : []),
    ...(incomplete > 0 ? [`${incomplete} without all outcomes`] : []),
  ];
  const note = without.length === 0 ? '' : ` (left out: ${without.join(', ')})`;
  return `Among ${models.length} models on ${prompts} prompts${note}:`;
}

function calibrationText({ ece, brier, excess, outcomes }: CalibrationReport): string {
  return `calibration over ${outcomes} outcomes: ECE ${formatWithInterval(ece)}, Brier ${formatWithInterval(brier)}, predicted − observed ${formatSigned(excess)}`;
}
