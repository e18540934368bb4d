import { NOT_AVAILABLE, formatValue, formatPercent, formatWithInterval } from './format.js';
import { LEARNER_IDS } from './baseline-scores.js';
import type { QualityReport, RankerId, SetReport } from './report.js';

const HEAD = [
  'set',
  'prompts',
  'weak → strong',
  'APGR [95 %]',
  'ridge',
  'kNN',
  'category',
  'length',
  'by chance',
  'all pairs [95 %]',
  'ridge',
  'kNN',
  'category',
  'CPT50',
  'CPT80',
  'Brier',
  'ECE',
];

const BASELINES: readonly RankerId[] = ['ridge', 'neighbours', 'category', 'length'];

/** The sets as a Markdown table; sets that the predictor has never seen are marked with a star. */
export function toMarkdown(report: QualityReport): string {
  const rows = [HEAD, HEAD.map(() => '---'), ...report.sets.map(rowOf)];
  return [
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
    '',
    'Random is 0.5. \\* never trained or chosen on.',
    '',
  ].join('\n');
}

function rowOf({ name, relation, pair, pairs, calibration }: SetReport): string[] {
  const find = (id: RankerId | 'random') => pair?.rankers.find((ranker) => ranker.id === id);
  const ours = find('ours');
  const chance = find('random')?.apgr;
  return [
    relation === 'trained' ? name : `${name} \\*`,
    String(pair?.prompts ?? 0),
    pair === null
      ? NOT_AVAILABLE
      : `${formatValue(pair.weakMean)} → ${formatValue(pair.strongMean)}`,
    ours === undefined ? NOT_AVAILABLE : formatWithInterval(ours.apgr),
    ...BASELINES.map((id) => {
      const found = find(id);
      return found === undefined ? NOT_AVAILABLE : formatValue(found.apgr);
    }),
    chance?.low == null || chance.high === null
      ? NOT_AVAILABLE
      : `${chance.low.toFixed(2)} – ${chance.high.toFixed(2)}`,
    ...allPairs(pairs),
    ours === undefined ? NOT_AVAILABLE : formatPercent(ours.cpt50),
    ours === undefined ? NOT_AVAILABLE : formatPercent(ours.cpt80),
    formatValue(calibration.brier),
    formatValue(calibration.ece),
  ];
}

function allPairs(pairs: SetReport['pairs']): string[] {
  const find = (id: RankerId) => pairs?.rankers.find((ranker) => ranker.id === id)?.apgr;
  const ours = find('ours');
  return [
    ours === undefined ? NOT_AVAILABLE : formatWithInterval(ours),
    ...LEARNER_IDS.map((id) => {
      const found = find(id);
      return found === undefined ? NOT_AVAILABLE : formatValue(found);
    }),
  ];
}
