import type { GatewayResult } from './bench-run.js';
import { median } from './report.js';
import type { LoadResult } from './protocol.js';
import type { Scenario } from './scenarios.js';
import type { TargetResult } from './targets.js';

const MAX_RATIO = 1.05;
const TAIL = 0.025;

interface Cost {
  readonly unit: string;
  readonly of: (window: LoadResult) => number;
}

const COSTS: Readonly<Record<Scenario['kind'], Cost>> = {
  throughput: {
    unit: 'CPU time per request',
    of: (window) => window.gatewayCpuMs / window.requests,
  },
  events: { unit: 'CPU time per event', of: (window) => window.gatewayCpuMs / window.events },
  latency: { unit: 'median latency', of: (window) => window.latency.p50Us },
  'first-token': {
    unit: 'median time to the first token',
    of: (window) => window.firstToken.p50Us,
  },
};

/**
 * Compares this build with another one: the median of the ratios of windows that were measured one right
 * after the other, so that a machine that slows down and recovers affects both equally.
 *
 * Two processes of one build differ by more than the windows of one process: V8 settles on a heap size, and the layout
 * of memory varies. So with several starts, the interval is over starts, each counting as the median of its ratios.
 *
 * @param starts - how many times both were started, with as many windows each time
 * @returns undefined if the two were not both measured without faults
 */
export function compareBuilds(
  { id, kind }: Pick<Scenario, 'id' | 'kind'>,
  rows: readonly GatewayResult[],
  starts = 1,
): TargetResult | undefined {
  const ours = faultless(rows, 'suffice');
  const others = faultless(rows, 'other');
  if (ours === undefined || others === undefined) return undefined;
  const { unit, of } = COSTS[kind];
  const ratios = ours.flatMap((window, round) => {
    const other = others[round];
    return other === undefined ? [] : [of(window) / of(other)];
  });
  const rounds = ratios.length / starts;
  const samples =
    starts === 1
      ? ratios
      : Array.from({ length: starts }, (_, k) =>
          median(ratios.slice(k * rounds, (k + 1) * rounds)),
        );
  const ratio = median(samples);
  const what = starts === 1 ? `${rounds} rounds` : `${starts} starts of ${rounds} rounds`;
  return {
    text:
      `${id}: ${ratio.toFixed(3)} x the ${unit} of the other build ` +
      `(${intervalText(samples)}, ${what}), target at most ${MAX_RATIO}`,
    kept: ratio <= MAX_RATIO,
  };
}

function faultless(
  rows: readonly GatewayResult[],
  name: GatewayResult['gateway'],
): readonly LoadResult[] | undefined {
  return rows.find(({ gateway, faults }) => gateway === name && faults.length === 0)?.windows;
}

function intervalText(ratios: readonly number[]): string {
  const interval = medianInterval(ratios);
  return interval === undefined
    ? 'too few rounds for an interval'
    : `95 % interval ${interval.low.toFixed(3)} to ${interval.high.toFixed(3)}`;
}

/**
 * The 95 % confidence interval of a median by order statistics: it holds for any distribution.
 *
 * @returns undefined below six values, for which even the whole range is too narrow
 */
export function medianInterval(
  values: readonly number[],
): { readonly low: number; readonly high: number } | undefined {
  const sorted = values.toSorted((left, right) => left - right);
  let below = 0.5 ** sorted.length;
  let cut = 0;
  for (let term = below; below <= TAIL; below += term) {
    cut += 1;
    term *= (sorted.length - cut + 1) / cut;
  }
  const low = sorted[cut - 1];
  const high = sorted[sorted.length - cut];
  return low === undefined || high === undefined ? undefined : { low, high };
}
