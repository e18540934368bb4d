import { dollars } from '../../cli/table.js';
import type { Column } from '../../cli/table.js';
import { percentWithInterval, plain, plainPercent, signed, withInterval } from './figures.js';
import { contenderName, CONTENDERS } from './report.js';
import type { FrontierReport, GroupReport, KeepReport, PairReport, PairsRanker } from './report.js';

/** Rows under titles, for a terminal or a page. */
export interface Sheet {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** The row of ours, if one is. */
  readonly ours: number;
}

/** A terminal has room for the intervals that decide, a page for all. */
export type Room = 'terminal' | 'page';

const words = (title: string): Column => ({ title, align: 'left' });
const figures = (title: string): Column => ({ title, align: 'right' });
const indexOfOurs = (all: readonly { readonly id: string }[]): number =>
  all.findIndex(({ id }) => id === 'ours');

/** Every ranker between the weak and the strong model. */
export function pairSheet({ rankers }: PairReport, room: Room): Sheet {
  const figure = room === 'page' ? withInterval : plain;
  const percent = room === 'page' ? percentWithInterval : plainPercent;
  return {
    columns: [
      words(''),
      figures('APGR'),
      figures('ours − it'),
      figures('CPT(50)'),
      figures('CPT(80)'),
      figures('dense APGR'),
      figures('CPT(50)'),
      figures('CPT(80)'),
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

/** Every ranker between all pairs of models. @param title - of the column of names */
export function pairsSheet(rankers: readonly PairsRanker[], title = ''): Sheet {
  return {
    columns: [words(title), figures('APGR over all pairs'), figures('ours − it')],
    rows: rankers.map(({ id, apgr, oursLess }) => [
      CONTENDERS[id],
      withInterval(apgr),
      oursLess === null ? '' : signed(oursLess),
    ]),
    ours: indexOfOurs(rankers),
  };
}

/** As `pairsSheet`, over several sets; `null` where no set has more than one pair. */
export function groupPairsSheet({ pairs }: GroupReport): Sheet | null {
  const [first] = pairs;
  return first === undefined ? null : pairsSheet(pairs, `mean of ${first.sets} sets`);
}

/** Every way of choosing among all models. */
export function frontierSheet({ contenders }: FrontierReport): Sheet {
  return {
    columns: [
      words(''),
      figures('AIQ'),
      figures('saved at 95 % of best'),
      figures('at 97 %'),
      figures('at 99 %'),
      figures('RouterArena'),
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

/** What became of every promise. */
export function keepSheet(keeps: readonly KeepReport[]): Sheet {
  const hasRandom = keeps.some(({ overRandom }) => overRandom !== null);
  return {
    columns: [
      words('keep'),
      figures('realised'),
      figures('cost saved'),
      figures('score'),
      figures('USD per prompt'),
      ...(hasRandom ? [figures('score − random mix')] : []),
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

/** Rankers over several sets; `null` where no set has them all. */
export function groupSheet({ rankers }: GroupReport): Sheet | null {
  const [first] = rankers;
  if (first === undefined) return null;
  return {
    columns: [
      words(`mean of ${first.sets} sets`),
      figures('APGR'),
      figures('ours − it'),
      figures('dense APGR'),
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
