import type { ReliabilityBin } from '../../metrics/calibration.js';
import { px } from './markup.js';

const SIZE = 300;
const EDGE = 44;
const BARS_HEIGHT = 46;
const PLOT_SIZE = SIZE - EDGE - 10;
const TICKS = [0, 0.25, 0.5, 0.75, 1];

/** A reliability diagram: predicted success against the observed score; on the diagonal they are equal. */
export function reliabilityChart(bins: readonly ReliabilityBin[]): string {
  const at = (value: number): number => EDGE + value * PLOT_SIZE;
  const up = (value: number): number => SIZE - EDGE - value * PLOT_SIZE;
  const largest = Math.max(1, ...bins.map(({ outcomes }) => outcomes));
  const grid = TICKS.map(
    (tick) =>
      `<path class="axis" d="M${px(at(tick))} ${px(up(0))}V${px(up(1))}M${px(at(0))} ${px(up(tick))}H${px(at(1))}"/>` +
      `<text class="soft" x="${px(at(tick))}" y="${px(up(0) + 14)}" text-anchor="middle">${tick}</text>` +
      `<text class="soft" x="${EDGE - 5}" y="${px(up(tick))}" dy="4" text-anchor="end">${tick}</text>`,
  );
  const dots = bins.flatMap(({ promised, kept, outcomes }) =>
    promised === null || kept === null
      ? []
      : [
          `<path d="M${px(at(promised))} ${px(up(promised))}V${px(up(kept))}" stroke="var(--ridge)" stroke-width="2"/>` +
            `<circle cx="${px(at(promised))}" cy="${px(up(kept))}" r="${px(2 + 4 * Math.sqrt(outcomes / largest))}" fill="var(--ours)"><title>${outcomes} outcomes: predicted ${promised.toFixed(3)}, observed ${kept.toFixed(3)}</title></circle>`,
        ],
  );
  const bars = bins.map(({ from, to, outcomes }) => {
    const height = (BARS_HEIGHT * outcomes) / largest;
    return `<rect x="${px(at(from) + 1)}" y="${px(SIZE + BARS_HEIGHT + 12 - height)}" width="${px((to - from) * PLOT_SIZE - 2)}" height="${px(height)}" fill="var(--line)"/>`;
  });
  return `<figure>
<svg viewBox="0 0 ${SIZE} ${SIZE + BARS_HEIGHT + 32}" style="max-width:22rem" role="img" aria-label="Reliability diagram: predicted against observed success">
${grid.join('\n')}
<path class="axis" stroke-dasharray="3 3" d="M${px(at(0))} ${px(up(0))}L${px(at(1))} ${px(up(1))}"/>
${dots.join('\n')}
${bars.join('\n')}
<text class="soft" x="${px(at(0.5))}" y="${SIZE - 6}" text-anchor="middle">predicted success</text>
<text class="soft" x="10" y="${px(up(0.5))}" text-anchor="middle" transform="rotate(-90 10 ${px(up(0.5))})">mean score</text>
<text class="soft" x="${px(at(0.5))}" y="${SIZE + BARS_HEIGHT + 27}" text-anchor="middle">number of outcomes</text>
</svg>
</figure>`;
}
