import type { Estimate } from '../../metrics/estimate.js';
import type { RankerId, SetReport } from '../report.js';
import { escapeHtml, px } from './markup.js';

const WIDTH = 720;
const NAMES_WIDTH = 230;
const ROW_HEIGHT = 30;
const TOP = 26;
const AXIS_MIN = 0.2;
const AXIS_MAX = 1.1;
const TICKS = [0.2, 0.4, 0.5, 0.6, 0.8, 1];

/** The APGR of every set with its interval, next to the strongest baselines. */
export function forestChart(sets: readonly SetReport[]): string {
  const rows = sets.filter(({ pair }) => pair !== null);
  if (rows.length === 0) return '';
  const height = TOP + rows.length * ROW_HEIGHT + 8;
  const grid = TICKS.map(
    (tick) =>
      `<path class="axis" d="M${px(xAt(tick))} ${TOP - 6}V${height - 6}"${tick === 0.5 ? ' stroke-dasharray="3 3"' : ''}/>` +
      `<text class="soft" x="${px(xAt(tick))}" y="12" text-anchor="middle">${tick}</text>`,
  );
  return `<figure><div class="scroll wide">
<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="APGR of every set">
${grid.join('\n')}
${rows.map((set, i) => rowOf(set, TOP + (i + 0.5) * ROW_HEIGHT)).join('\n')}
</svg></div>
<figcaption><div class="legend"><span><i style="background:var(--ours)"></i>ours, with the 95 % interval</span><span><i style="background:var(--ridge)"></i>n-gram ridge</span><span><i style="background:var(--knn)"></i>kNN</span><span><i style="background:var(--mix)"></i>prompt length</span></div>
APGR by set: the recovered share of the gap between the weak and the strong model, averaged over all shares of strong calls.
0.5 is random routing. Values outside the axis are drawn at its edge.</figcaption>
</figure>`;
}

function xAt(value: number): number {
  const bounded = Math.min(AXIS_MAX, Math.max(AXIS_MIN, value));
  const share = (bounded - AXIS_MIN) / (AXIS_MAX - AXIS_MIN);
  return NAMES_WIDTH + share * (WIDTH - NAMES_WIDTH - 16);
}

function rowOf({ name, pair, relation }: SetReport, y: number): string {
  const find = (id: RankerId): Estimate | undefined =>
    pair?.rankers.find((ranker) => ranker.id === id)?.apgr;
  const label = `<text x="0" y="${px(y)}" dy="4">${escapeHtml(name)}${relation === 'trained' ? '' : ' *'}<tspan class="soft"> ${pair?.prompts ?? 0}</tspan></text>`;
  const mark = (id: RankerId, colour: string, shift: number): string => {
    const value = find(id)?.value ?? null;
    return value === null
      ? ''
      : `<path d="M${px(xAt(value))} ${px(y + shift - 5)}v10" stroke="${colour}" stroke-width="3"/>`;
  };
  const ours = find('ours');
  if (ours?.value == null) return label;
  const whisker =
    ours.low === null || ours.high === null
      ? ''
      : `<path d="M${px(xAt(ours.low))} ${px(y)}H${px(xAt(ours.high))}" stroke="var(--ours)" stroke-width="2"/>`;
  return [
    label,
    whisker,
    mark('length', 'var(--mix)', 4),
    mark('neighbours', 'var(--knn)', 4),
    mark('ridge', 'var(--ridge)', -4),
    `<circle cx="${px(xAt(ours.value))}" cy="${px(y)}" r="4.5" fill="var(--ours)"/>`,
  ].join('');
}
