import { formatDollars } from '../../cli/table.js';
import type { Column } from '../../cli/table.js';
import {
  formatPercentWithInterval,
  formatValue,
  formatPercent,
  formatSigned,
  formatWithInterval,
} from './format.js';
import { contenderName, CONTENDERS } from './report.js';
import type {
  FrontierReport,
  GroupReport,
  KeepReport,
  PairReport,
  AllPairsRankerReport,
} from './report.js';

/** A table of figures, for a terminal or an HTML page. */
export interface FigureTable {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** The index of the row of ours; -1 for none. */
  readonly ours: number;
}

/** A terminal table shows only the most important intervals, a page all of them. */
export type Medium = 'terminal' | 'page';

const textColumn = (title: string): Column => ({ title, align: 'left' });
const figureColumn = (title: string): Column => ({ title, align: 'right' });
const indexOfOurs = (all: readonly { readonly id: string }[]): number =>
  all.findIndex(({ id }) => id === 'ours');

/** Every ranker between the weak and the strong model. */
export function pairTable({ rankers }: PairReport, room: Medium): FigureTable {
  const figure = room === 'page' ? formatWithInterval : formatValue;
  const percent = room === 'page' ? formatPercentWithInterval : formatPercent;
  return {
    columns: [
      textColumn(''),
      figureColumn('APGR'),
      figureColumn('ours − it'),
      figureColumn('CPT(50)'),
      figureColumn('CPT(80)'),
      figureColumn('dense APGR'),
      figureColumn('CPT(50)'),
      figureColumn('CPT(80)'),
    ],
    rows: rankers.map((ranker) => [
      CONTENDERS[ranker.id],
      formatWithInterval(ranker.apgr),
      ranker.oursLess === null ? '' : formatSigned(ranker.oursLess),
      percent(ranker.cpt50),
      percent(ranker.cpt80),
      figure(ranker.denseApgr),
      percent(ranker.denseCpt50),
      percent(ranker.denseCpt80),
    ]),
    ours: indexOfOurs(rankers),
  };
}

/** Every ranker over all pairs of models. @param title - of the column of names */
export function allPairsTable(rankers: readonly AllPairsRankerReport[], title = ''): FigureTable {
  return {
    columns: [textColumn(title), figureColumn('APGR over all pairs'), figureColumn('ours − it')],
    rows: rankers.map(({ id, apgr, oursLess }) => [
      CONTENDERS[id],
      formatWithInterval(apgr),
      oursLess === null ? '' : formatSigned(oursLess),
    ]),
    ours: indexOfOurs(rankers),
  };
}

/** The same as `allPairsTable`, over several sets; `null` if no set has more than one pair. */
export function groupAllPairsTable({ pairs }: GroupReport): FigureTable | null {
  const [first] = pairs;
  return first === undefined ? null : allPairsTable(pairs, `mean of ${first.sets} sets`);
}

/** Every contender at choosing among all models. */
export function frontierTable({ contenders }: FrontierReport): FigureTable {
  return {
    columns: [
      textColumn(''),
      figureColumn('AIQ'),
      figureColumn('saved at 95 % of best'),
      figureColumn('at 97 %'),
      figureColumn('at 99 %'),
      figureColumn('RouterArena'),
    ],
    rows: contenders.map((one) => [
      contenderName(one.id),
      formatWithInterval(one.aiq),
      formatPercentWithInterval(one.saved95),
      formatPercentWithInterval(one.saved97),
      formatPercentWithInterval(one.saved99),
      formatWithInterval(one.arena),
    ]),
    ours: indexOfOurs(contenders),
  };
}

/** The results for every `keep`. */
export function keepTable(keeps: readonly KeepReport[]): FigureTable {
  const hasRandom = keeps.some(({ overRandom }) => overRandom !== null);
  return {
    columns: [
      textColumn('keep'),
      figureColumn('realised'),
      figureColumn('cost saved'),
      figureColumn('score'),
      figureColumn('USD per prompt'),
      ...(hasRandom ? [figureColumn('score − random mix')] : []),
    ],
    rows: keeps.map((kept) => [
      String(kept.keep),
      formatWithInterval(kept.realised),
      formatPercentWithInterval(kept.saved),
      formatWithInterval(kept.quality),
      formatDollars(kept.costUsd.value),
      ...(kept.overRandom === null ? [] : [formatSigned(kept.overRandom)]),
    ]),
    ours: -1,
  };
}

/** Every ranker, over several sets; `null` if no set has all of them. */
export function groupTable({ rankers }: GroupReport): FigureTable | null {
  const [first] = rankers;
  if (first === undefined) return null;
  return {
    columns: [
      textColumn(`mean of ${first.sets} sets`),
      figureColumn('APGR'),
      figureColumn('ours − it'),
      figureColumn('dense APGR'),
    ],
    rows: rankers.map((ranker) => [
      CONTENDERS[ranker.id],
      formatWithInterval(ranker.apgr),
      ranker.oursLess === null ? '' : formatSigned(ranker.oursLess),
      formatWithInterval(ranker.denseApgr),
    ]),
    ours: indexOfOurs(rankers),
  };
}
