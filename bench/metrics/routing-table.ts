import type { SetResult } from './evaluate-sets.js';

const HEAD = [
  'set',
  'prompts',
  'weak → strong',
  'APGR [95 %]',
  'by length',
  'by chance',
  'CPT50',
  'CPT80',
  'AUC',
  'Brier',
  'ECE',
];

/** The results as a Markdown table; evaluation-only sets are marked with a star. */
export function tableOf(results: readonly SetResult[]): string {
  const rows = [HEAD, HEAD.map(() => '---'), ...results.map(rowOf)];
  const lines = rows.map((cells) => `| ${cells.join(' | ')} |`);
  const open = results.filter(({ set }) => set.use === 'train');
  const better = open.filter(({ curve }) => curve.apgr > 0.5);
  const certain = open.filter(({ interval }) => interval.low > 0.5);
  return [
    ...lines,
    '',
    'Random is 0.5. \\* only evaluated on, never trained or chosen on.',
    `Trained sets: APGR over 0.5 on ${better.length} of ${open.length}, with the whole interval on ${certain.length}.`,
  ].join('\n');
}

function rowOf(result: SetResult): string[] {
  const { set, curve, interval, byChance } = result;
  return [
    set.use === 'evaluate' ? `${set.name} \\*` : set.name,
    String(result.prompts),
    `${result.weakMean.toFixed(3)} → ${result.strongMean.toFixed(3)}`,
    `${figure(curve.apgr)} [${figure(interval.low)}, ${figure(interval.high)}]`,
    figure(result.byLength),
    `${figure(byChance.low, 2)} – ${figure(byChance.high, 2)}`,
    figure(100 * curve.cpt50, 1),
    figure(100 * curve.cpt80, 1),
    figure(result.auc),
    figure(result.brier),
    figure(result.calibrationError),
  ];
}

/** A pair of models that does equally well leaves nothing to measure. */
function figure(value: number, digits = 3): string {
  return Number.isFinite(value) ? value.toFixed(digits) : '–';
}
