import { at } from '../metrics/at.js';
import { estimatesOf, mapBootstrapped } from '../metrics/estimate.js';
import type { Estimate, Bootstrapped } from '../metrics/estimate.js';
import type { Counts } from '../metrics/sample.js';
import type { KeepReport } from './report.js';
import type { KeepOperatingPoint } from './operating-points.js';

/** Scores and costs of the chosen and the reference models, summed over rows; sums of several sets can be added. */
export interface KeepSums {
  readonly keep: number;
  readonly quality: number;
  readonly costUsd: number;
  readonly referenceQuality: number;
  readonly referenceCostUsd: number;
  readonly size: number;
}

/** The values of `keep` that a report shows. */
const SHOWN: ReadonlySet<number> = new Set([1, 0.99, 0.97, 0.95, 0.9, 0.8]);

/** Sums over the resampled rows, for every `keep` that a report shows. */
export function keepSums(
  settings: readonly KeepOperatingPoint[],
  counts: Counts,
): readonly KeepSums[] {
  return settings
    .filter(({ keep }) => SHOWN.has(keep))
    .map((setting) => {
      const sum = (values: Float64Array): number =>
        values.reduce((total, value, row) => total + value * at(counts, row), 0);
      return {
        keep: setting.keep,
        quality: sum(setting.quality),
        costUsd: sum(setting.costUsd),
        referenceQuality: sum(setting.referenceQuality),
        referenceCostUsd: sum(setting.referenceCostUsd),
        size: sum(new Float64Array(counts.length).fill(1)),
      };
    });
}

/** Adds the sums of several sets, for each `keep`. */
export function addKeepSums(parts: readonly (readonly KeepSums[])[]): readonly KeepSums[] {
  const [first = []] = parts;
  return first.map(({ keep }, i) => {
    const add = (part: Exclude<keyof KeepSums, 'keep'>): number =>
      parts.reduce((sum, sums) => sum + (sums[i]?.[part] ?? 0), 0);
    return {
      keep,
      quality: add('quality'),
      costUsd: add('costUsd'),
      referenceQuality: add('referenceQuality'),
      referenceCostUsd: add('referenceCostUsd'),
      size: add('size'),
    };
  });
}

/** @param overRandom - by `keep`, the score minus that of a random mix of models; `null` if not measured */
export function keepReports(
  sums: Bootstrapped<readonly KeepSums[]>,
  overRandom: (keep: number) => Estimate | null,
): readonly KeepReport[] {
  return sums.value.map(({ keep }, i) => ({
    keep,
    ...estimatesOf(mapBootstrapped(sums, (of) => ratios(of[i]))),
    overRandom: overRandom(keep),
  }));
}

function ratios(
  sums: KeepSums | undefined,
): Record<'realised' | 'saved' | 'quality' | 'costUsd', number> {
  const { quality, costUsd, referenceQuality, referenceCostUsd, size } = sums ?? NOTHING;
  return {
    realised: quality / referenceQuality,
    saved: 1 - costUsd / referenceCostUsd,
    quality: quality / size,
    costUsd: costUsd / size,
  };
}

const NOTHING = { quality: 0, costUsd: 0, referenceQuality: 0, referenceCostUsd: 0, size: 0 };
