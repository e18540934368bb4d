import { at } from './at.js';
import type { Counts } from './sample.js';

/** How well predicted probabilities agree with grades; 0 is best for each. */
export interface CalibrationFigures {
  /** Expected calibration error: mean distance between probability and grade over bins of equal width. */
  readonly ece: number;
  /** Mean squared difference between probability and grade. */
  readonly brier: number;
  /** Mean probability minus mean grade: above 0 is overconfident. */
  readonly excess: number;
}

/** The sums from which the figures are computed. */
export interface CalibrationSums {
  /** Probabilities minus grades, summed by bin. */
  readonly excess: Float64Array;
  /** Sum of the squared differences. */
  readonly squares: number;
  readonly size: number;
}

/** One bar of a reliability diagram. */
export interface ReliabilityBin {
  /** Probabilities from `from` up to `to`. */
  readonly from: number;
  readonly to: number;
  readonly outcomes: number;
  /** Mean probability and mean grade of the outcomes; `null` if there are none. */
  readonly promised: number | null;
  readonly kept: number | null;
}

/** As in Guo et al., "On calibration of modern neural networks" (2017). */
const BINS = 15;

/** Collects predicted probabilities and the corresponding grades, several per row. */
export class Reliability {
  readonly #rows: number[] = [];
  readonly #probabilities: number[] = [];
  readonly #grades: number[] = [];

  /** @param row - the prompt: all outcomes of a prompt are resampled together */
  add(row: number, probability: number, grade: number): void {
    this.#rows.push(row);
    this.#probabilities.push(probability);
    this.#grades.push(grade);
  }

  get outcomes(): number {
    return this.#rows.length;
  }

  /** The input to `calibrationFigures`. */
  sums(counts: Counts): CalibrationSums {
    const excess = new Float64Array(BINS);
    let squares = 0;
    let size = 0;
    for (let i = 0; i < this.#rows.length; i++) {
      const count = at(counts, at(this.#rows, i));
      const probability = at(this.#probabilities, i);
      const difference = probability - at(this.#grades, i);
      const bin = binOf(probability);
      excess[bin] = at(excess, bin) + count * difference;
      squares += count * difference * difference;
      size += count;
    }
    return { excess, squares, size };
  }

  /** The bars of the diagram, by probability. */
  diagram(): readonly ReliabilityBin[] {
    const sums = Array.from({ length: BINS }, () => ({ outcomes: 0, promised: 0, kept: 0 }));
    this.#probabilities.forEach((probability, i) => {
      const sum = sums[binOf(probability)];
      if (sum === undefined) return;
      sum.outcomes += 1;
      sum.promised += probability;
      sum.kept += at(this.#grades, i);
    });
    return sums.map(({ outcomes, promised, kept }, bin) => ({
      from: bin / BINS,
      to: (bin + 1) / BINS,
      outcomes,
      promised: outcomes === 0 ? null : promised / outcomes,
      kept: outcomes === 0 ? null : kept / outcomes,
    }));
  }
}

/** The figures over the outcomes of all parts. */
export function calibrationFigures(parts: readonly CalibrationSums[]): CalibrationFigures {
  const excess = new Float64Array(BINS);
  let squares = 0;
  let size = 0;
  for (const part of parts) {
    part.excess.forEach((value, bin) => (excess[bin] = at(excess, bin) + value));
    squares += part.squares;
    size += part.size;
  }
  const distance = excess.reduce((sum, value) => sum + Math.abs(value), 0);
  const total = excess.reduce((sum, value) => sum + value, 0);
  return { ece: distance / size, brier: squares / size, excess: total / size };
}

/** One diagram for the outcomes of several. */
export function pooledDiagram(
  diagrams: readonly (readonly ReliabilityBin[])[],
): readonly ReliabilityBin[] {
  return Array.from({ length: BINS }, (_, bin) => {
    const bars = diagrams.flatMap((diagram) => diagram.slice(bin, bin + 1));
    const outcomes = bars.reduce((sum, bar) => sum + bar.outcomes, 0);
    const meanOf = (part: (bar: ReliabilityBin) => number | null): number | null =>
      outcomes === 0
        ? null
        : bars.reduce((sum, bar) => sum + bar.outcomes * (part(bar) ?? 0), 0) / outcomes;
    return {
      from: bin / BINS,
      to: (bin + 1) / BINS,
      outcomes,
      promised: meanOf((bar) => bar.promised),
      kept: meanOf((bar) => bar.kept),
    };
  });
}

function binOf(probability: number): number {
  return Math.min(BINS - 1, Math.floor(probability * BINS));
}
