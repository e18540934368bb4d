import { frontierOf } from '../../metrics/frontier.js';
import type { CostPoint } from '../../metrics/frontier.js';
import type { ContenderId, FrontierReport, LabelledPoint } from '../report.js';
import { escapeHtml, px } from './markup.js';
import { linearScale, logScale } from './scale.js';
import type { Scale } from './scale.js';

const WIDTH = 720;
const HEIGHT = 420;
const EDGE = { left: 52, right: 16, top: 12, bottom: 44 };
/** Costs are shown for this many prompts; those of one would be too small to read. */
const PROMPTS = 1000;

/** The contenders drawn as curves, with their colours and dash patterns. */
const CURVES: readonly {
  readonly id: ContenderId;
  readonly name: string;
  readonly colour: string;
  readonly dashes: string;
}[] = [
  { id: 'ours', name: 'ours, by keep', colour: 'var(--ours)', dashes: '' },
  { id: 'ridge', name: 'n-gram ridge', colour: 'var(--ridge)', dashes: '' },
  { id: 'neighbours', name: 'kNN', colour: 'var(--knn)', dashes: '6 3' },
  { id: 'random', name: 'random mix of single models', colour: 'var(--mix)', dashes: '2 3' },
  { id: 'oracle', name: 'oracle', colour: 'var(--oracle)', dashes: '6 3' },
];

/** The points of our curve that get a label. */
const LABELLED: ReadonlySet<string> = new Set([
  'keep 1',
  'keep 0.97',
  'keep 0.9',
  'keep 0.8',
  'keep 0.5',
  'keep 0',
]);
const MAX_NAMES = 8;

interface Axes {
  readonly x: Scale;
  readonly y: Scale;
}

/** Mean score over cost, for all contenders in one chart. */
export function frontierChart({ models, contenders }: FrontierReport): string {
  const curves = CURVES.flatMap((curve) => {
    const points = contenders.find(({ id }) => id === curve.id)?.points ?? [];
    return points.length === 0 ? [] : [{ ...curve, points: visible(curve.id, points) }];
  });
  const all = [...models, ...curves.flatMap(({ points }) => points)].filter(isDrawable);
  if (all.length === 0) return '';
  const axes: Axes = {
    x: logScale(
      all.map(({ costUsd }) => costUsd * PROMPTS),
      EDGE.left,
      WIDTH - EDGE.right,
    ),
    y: linearScale(
      all.map(({ quality }) => quality),
      HEIGHT - EDGE.bottom,
      EDGE.top,
    ),
  };
  const ours = curves.find(({ id }) => id === 'ours')?.points ?? [];
  const labels = new Labels();
  return `<figure><div class="scroll wide">
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Score over cost for each contender">
${axesOf(axes)}
${curves.map((curve) => curveOf(curve, axes)).join('\n')}
${ourDots(ours, axes, labels)}
${modelDots(models.filter(isDrawable), axes, labels)}
</svg></div>
<figcaption>
<div class="legend">${curves.map(({ name, colour }) => `<span><i style="background:${colour}"></i>${escapeHtml(name)}</span>`).join('')}<span>● single models</span></div>
Higher is better, left is cheaper. A router pays off where its curve is above the dotted line, which is what a random mix of
single models achieves for the same money. The oracle knows every score in advance; no router can reach it.
</figcaption>
</figure>`;
}

function isDrawable({ costUsd }: CostPoint): boolean {
  return costUsd > 0;
}

/** All points of ours are shown, good or bad; of the others only those on their hull. */
function visible(id: ContenderId, points: readonly LabelledPoint[]): readonly LabelledPoint[] {
  const drawable = points.filter(isDrawable);
  if (id === 'ours') return drawable;
  const hull = new Set(frontierOf(drawable));
  return drawable.filter((point) => hull.has(point)).sort((a, b) => a.costUsd - b.costUsd);
}

function axesOf({ x, y }: Axes): string {
  const bottom = HEIGHT - EDGE.bottom;
  const across = y.ticks.map((tick) => {
    const at = px(y.at(tick));
    return `<path class="axis" d="M${EDGE.left} ${at}H${WIDTH - EDGE.right}"/><text class="soft" x="${EDGE.left - 6}" y="${at}" dy="4" text-anchor="end">${Number(tick.toPrecision(3))}</text>`;
  });
  const along = x.ticks.map(
    (tick) =>
      `<path class="axis" d="M${px(x.at(tick))} ${EDGE.top}V${bottom}"/><text class="soft" x="${px(x.at(tick))}" y="${bottom + 16}" text-anchor="middle">$${Number(tick.toPrecision(2))}</text>`,
  );
  const title = `<text class="soft" x="${(EDGE.left + WIDTH) / 2}" y="${HEIGHT - 8}" text-anchor="middle">US dollars for ${PROMPTS} prompts (each step the same ratio)</text>`;
  const side = `<text class="soft" x="14" y="${(EDGE.top + bottom) / 2}" text-anchor="middle" transform="rotate(-90 14 ${(EDGE.top + bottom) / 2})">mean score</text>`;
  return [...across, ...along, title, side].join('\n');
}

function place(point: CostPoint, { x, y }: Axes): readonly [string, string] {
  return [px(x.at(point.costUsd * PROMPTS)), px(y.at(point.quality))];
}

function curveOf(
  { points, colour, dashes }: { points: readonly CostPoint[]; colour: string; dashes: string },
  axes: Axes,
): string {
  const path = points.map((point, i) => `${i === 0 ? 'M' : 'L'}${place(point, axes).join(' ')}`);
  return `<path class="curve" stroke="${colour}" stroke-dasharray="${dashes}" d="${path.join('')}"/>`;
}

function modelDots(models: readonly LabelledPoint[], axes: Axes, labels: Labels): string {
  // Only models on the hull get a name: more labels would overlap.
  const named = new Set(frontierOf(models).slice(-MAX_NAMES));
  return models
    .map((model) => {
      const [x, y] = place(model, axes);
      const name = named.has(model) ? labels.write(model, axes, shortName(model.label)) : '';
      return `<circle cx="${x}" cy="${y}" r="3.5" fill="var(--soft)"><title>${escapeHtml(model.label)}</title></circle>${name}`;
    })
    .join('\n');
}

function shortName(model: string): string {
  return model.slice(model.indexOf('/') + 1);
}

function ourDots(points: readonly LabelledPoint[], axes: Axes, labels: Labels): string {
  return points
    .map((point) => {
      const [x, y] = place(point, axes);
      const label = LABELLED.has(point.label)
        ? labels.write(point, axes, point.label, 'var(--ours)')
        : '';
      return `<circle cx="${x}" cy="${y}" r="3" fill="var(--ours)"><title>${escapeHtml(point.label)}</title></circle>${label}`;
    })
    .join('\n');
}

const LETTER_WIDTH = 6.6;
const LINE_HEIGHT = 14;

/** Places labels next to points, and omits those that would overlap an earlier one. */
class Labels {
  readonly #boxes: { readonly left: number; readonly top: number; readonly width: number }[] = [];

  write(point: CostPoint, axes: Axes, text: string, colour = 'var(--ink)'): string {
    const [x, y] = place(point, axes).map(Number) as [number, number];
    const width = text.length * LETTER_WIDTH;
    const places = [
      { left: x + 7, top: y + 2 },
      { left: x - 7 - width, top: y - LINE_HEIGHT - 2 },
      { left: x + 7, top: y - LINE_HEIGHT - 2 },
      { left: x - 7 - width, top: y + 2 },
    ];
    const free = places.find(
      ({ left, top }) =>
        left > EDGE.left &&
        left + width < WIDTH &&
        top > 0 &&
        this.#boxes.every(
          (box) =>
            left > box.left + box.width ||
            box.left > left + width ||
            Math.abs(top - box.top) >= LINE_HEIGHT,
        ),
    );
    if (free === undefined) return '';
    this.#boxes.push({ ...free, width });
    return `<text x="${px(free.left)}" y="${px(free.top + LINE_HEIGHT - 3)}" style="fill:${colour}">${escapeHtml(text)}</text>`;
  }
}
