import { dollars } from '../../cli/table.js';
import type { Column } from '../../cli/table.js';
import { percentWithInterval, plain, plainPercent, signed, withInterval } from './figures.js';
import { contenderName, CONTENDERS } from './report.js';
import type { FrontierReport, GroupReport, KeepReport, PairReport, PairsRanker } from './report.js';

/** A table of figures, for a terminal or an HTML page. */
export interface Sheet {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** The index of the row of ours; -1 for none. */
  readonly ours: number;
}

/** A terminal table shows only the most important intervals, a page all of them. */
export type Room = 'terminal' | 'page';

const textColumn = (title: string): Column => ({ title, align: 'left' });
const figureColumn = (title: string): Column => ({ title, align: 'right' });
const indexOfOurs = (all: readonly { readonly id: string }[]): number =>
  all.findIndex(({ id }) => id === 'ours');

/** Every ranker between the weak and the strong model. */
export function pairSheet({ rankers }: PairReport, room: Room): Sheet {
  const figure = room === 'page' ? withInterval : plain;
  const percent = room === 'page' ? percentWithInterval : plainPercent;
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
      withInterval(ranker.apgr),
      ranker.oursLess === null ? '' : signed(ranker.oursLess),
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
export function pairsSheet(rankers: readonly PairsRanker[], title = ''): Sheet {
  return {
    columns: [textColumn(title), figureColumn('APGR over all pairs'), figureColumn('ours − it')],
    rows: rankers.map(({ id, apgr, oursLess }) => [
      CONTENDERS[id],
      withInterval(apgr),
      oursLess === null ? '' : signed(oursLess),
    ]),
    ours: indexOfOurs(rankers),
  };
}

/** The same as `pairsSheet`, over several sets; `null` if no set has more than one pair. */
export function groupPairsSheet({ pairs }: GroupReport): Sheet | null {
  const [first] = pairs;
  return first === undefined ? null : pairsSheet(pairs, `mean of ${first.sets} sets`);
}

/** Every contender at choosing among all models. */
export function frontierSheet({ contenders }: FrontierReport): Sheet {
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
      withInterval(one.aiq),
      percentWithInterval(one.saved95),
      percentWithInterval(one.saved97),
      percentWithInterval(one.saved99),
      withInterval(one.arena),
    ]),
    ours: indexOfOurs(contenders),
  };
}

/** The results for every `keep`. */
export function keepSheet(keeps: readonly KeepReport[]): Sheet {
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
      withInterval(kept.realised),
      percentWithInterval(kept.saved),
      withInterval(kept.quality),
      dollars(kept.costUsd.value),
      ...(kept.overRandom === null ? [] : [signed(kept.overRandom)]),
    ]),
    ours: -1,
  };
}

/** Every ranker, over several sets; `null` if no set has all of them. */
export function groupSheet({ rankers }: GroupReport): Sheet | null {
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
      withInterval(ranker.apgr),
      ranker.oursLess === null ? '' : signed(ranker.oursLess),
      withInterval(ranker.denseApgr),
    ]),
    ours: indexOfOurs(rankers),
  };
}
