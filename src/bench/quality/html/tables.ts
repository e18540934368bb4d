import { dollars } from '../../../cli/table.js';
import { percentWithInterval, plain, signed, withInterval } from '../figures.js';
import { contenderName, CONTENDERS } from '../report.js';
import type { FrontierReport, GroupReport, KeepReport, PairReport } from '../report.js';
import { htmlTable } from './markup.js';
import type { HtmlColumn } from './markup.js';

const words = (title: string): HtmlColumn => ({ title, figures: false });
const figures = (title: string): HtmlColumn => ({ title, figures: true });

/** Every ranker between the weak and the strong model. */
export function pairTable({ rankers }: PairReport): string {
  const columns = [
    words(''),
    figures('APGR'),
    figures('ours less it'),
    figures('CPT(50)'),
    figures('CPT(80)'),
    figures('dense APGR'),
    figures('dense CPT(50)'),
    figures('dense CPT(80)'),
  ];
  const rows = rankers.map((ranker) => [
    CONTENDERS[ranker.id],
    withInterval(ranker.apgr),
    ranker.oursLess === null ? '' : signed(ranker.oursLess),
    percentWithInterval(ranker.cpt50),
    percentWithInterval(ranker.cpt80),
    withInterval(ranker.denseApgr),
    percentWithInterval(ranker.denseCpt50),
    percentWithInterval(ranker.denseCpt80),
  ]);
  return htmlTable(columns, rows, (row) => rankers[row]?.id === 'ours');
}

/** Every way of choosing among all models. */
export function frontierTable({ contenders }: FrontierReport): string {
  const columns = [
    words(''),
    figures('AIQ'),
    figures('saved at 95 % of best'),
    figures('at 97 %'),
    figures('at 99 %'),
    figures('RouterArena'),
  ];
  const rows = contenders.map((one) => [
    contenderName(one.id),
    withInterval(one.aiq),
    percentWithInterval(one.saved95),
    percentWithInterval(one.saved97),
    percentWithInterval(one.saved99),
    withInterval(one.arena),
  ]);
  return htmlTable(columns, rows, (row) => contenders[row]?.id === 'ours');
}

/** What became of every promise. */
export function keepTable(keeps: readonly KeepReport[]): string {
  const hasRandom = keeps.some(({ overRandom }) => overRandom !== null);
  const columns = [
    words('keep'),
    figures('realised'),
    figures('cost saved'),
    figures('score'),
    figures('USD a prompt'),
    ...(hasRandom ? [figures('score over random mix')] : []),
  ];
  const rows = keeps.map((kept) => [
    String(kept.keep),
    withInterval(kept.realised),
    percentWithInterval(kept.saved),
    withInterval(kept.quality),
    dollars(kept.costUsd.value),
    ...(kept.overRandom === null ? [] : [signed(kept.overRandom)]),
  ]);
  return htmlTable(columns, rows);
}

/** Rankers over several sets. */
export function groupTable({ rankers }: GroupReport): string {
  if (rankers.length === 0) return '';
  const columns = [
    words(`mean of ${rankers[0]?.sets ?? 0} sets`),
    figures('APGR'),
    figures('ours less it'),
    figures('dense APGR'),
  ];
  const rows = rankers.map((ranker) => [
    CONTENDERS[ranker.id],
    withInterval(ranker.apgr),
    ranker.oursLess === null ? '' : signed(ranker.oursLess),
    plain(ranker.denseApgr),
  ]);
  return htmlTable(columns, rows, (row) => rankers[row]?.id === 'ours');
}
