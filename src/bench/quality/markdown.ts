import { NONE, plain, plainPercent, withInterval } from './figures.js';
import { LEARNERS } from './learnt.js';
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
export function markdownOf(report: QualityReport): string {
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
    pair === null ? NONE : `${plain(pair.weakMean)} → ${plain(pair.strongMean)}`,
    ours === undefined ? NONE : withInterval(ours.apgr),
    ...BASELINES.map((id) => {
      const found = find(id);
      return found === undefined ? NONE : plain(found.apgr);
    }),
    chance?.low == null || chance.high === null
      ? NONE
      : `${chance.low.toFixed(2)} – ${chance.high.toFixed(2)}`,
    ...allPairs(pairs),
    ours === undefined ? NONE : plainPercent(ours.cpt50),
    ours === undefined ? NONE : plainPercent(ours.cpt80),
    plain(calibration.brier),
    plain(calibration.ece),
  ];
}

function allPairs(pairs: SetReport['pairs']): string[] {
  const find = (id: RankerId) => pairs?.rankers.find((ranker) => ranker.id === id)?.apgr;
  const ours = find('ours');
  return [
    ours === undefined ? NONE : withInterval(ours),
    ...LEARNERS.map((id) => {
      const found = find(id);
      return found === undefined ? NONE : plain(found);
    }),
  ];
}
