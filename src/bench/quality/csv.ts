import type { Estimate } from '../metrics/estimate.js';
import type {
  CalibrationReport,
  KeepReport,
  AllPairsRankerReport,
  QualityReport,
  SetReport,
} from './report.js';

type Row = readonly [
  set: string,
  about: string,
  contender: string,
  figure: string,
  estimate: Estimate,
];

/** One row for every figure: `set,about,contender,figure,value,low,high`; undefined values are empty. */
export function toCsv(report: QualityReport): string {
  const rows = [
    ...report.sets.flatMap(setRows),
    ...report.groups.flatMap(({ name, rankers, pairs, calibration, keeps }) => [
      ...rankers.flatMap((one): Row[] => [
        [name, 'pair', one.id, 'apgr', one.apgr],
        [name, 'pair', one.id, 'dense_apgr', one.denseApgr],
        ...(one.oursLess === null
          ? []
          : [[name, 'pair', one.id, 'ours_less', one.oursLess] as const]),
      ]),
      ...pairsRows(name, pairs),
      ...keepRows(name, keeps),
      ...calibrationRows(name, calibration),
    ]),
  ];
  const lines = rows.map(([set, about, contender, figure, { value, low, high }]) =>
    [quoted(set), about, contender, figure, cell(value), cell(low), cell(high)].join(','),
  );
  return ['set,about,contender,figure,value,low,high', ...lines, ''].join('\n');
}

function setRows({ name, pair, pairs, frontier, calibration }: SetReport): Row[] {
  return [
    ...(pair?.rankers ?? []).flatMap((one): Row[] => [
      [name, 'pair', one.id, 'apgr', one.apgr],
      [name, 'pair', one.id, 'cpt50', one.cpt50],
      [name, 'pair', one.id, 'cpt80', one.cpt80],
      [name, 'pair', one.id, 'dense_apgr', one.denseApgr],
      [name, 'pair', one.id, 'dense_cpt50', one.denseCpt50],
      [name, 'pair', one.id, 'dense_cpt80', one.denseCpt80],
      ...(one.oursLess === null
        ? []
        : [[name, 'pair', one.id, 'ours_less', one.oursLess] as const]),
    ]),
    ...pairsRows(name, pairs?.rankers ?? []),
    ...(frontier?.contenders ?? []).flatMap((one): Row[] => [
      [name, 'frontier', one.id, 'aiq', one.aiq],
      [name, 'frontier', one.id, 'saved_at_95', one.saved95],
      [name, 'frontier', one.id, 'saved_at_97', one.saved97],
      [name, 'frontier', one.id, 'saved_at_99', one.saved99],
      [name, 'frontier', one.id, 'arena', one.arena],
    ]),
    ...keepRows(name, frontier?.keeps ?? []),
    ...calibrationRows(name, calibration),
  ];
}

function pairsRows(set: string, rankers: readonly AllPairsRankerReport[]): Row[] {
  return rankers.flatMap(({ id, apgr, oursLess }): Row[] => [
    [set, 'pairs', id, 'apgr', apgr],
    ...(oursLess === null ? [] : [[set, 'pairs', id, 'ours_less', oursLess] as const]),
  ]);
}

function keepRows(set: string, keeps: readonly KeepReport[]): Row[] {
  return keeps.flatMap((kept): Row[] => {
    const about = `keep ${kept.keep}`;
    return [
      [set, about, 'ours', 'realised', kept.realised],
      [set, about, 'ours', 'saved', kept.saved],
      [set, about, 'ours', 'quality', kept.quality],
      [set, about, 'ours', 'cost_usd', kept.costUsd],
      ...(kept.overRandom === null
        ? []
        : [[set, about, 'ours', 'over_random', kept.overRandom] as const]),
    ];
  });
}

function calibrationRows(set: string, { ece, brier, excess }: CalibrationReport): Row[] {
  return [
    [set, 'calibration', 'ours', 'ece', ece],
    [set, 'calibration', 'ours', 'brier', brier],
    [set, 'calibration', 'ours', 'excess', excess],
  ];
}

function cell(value: number | null): string {
  return value === null ? '' : String(value);
}

function quoted(text: string): string {
  return /[",\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
