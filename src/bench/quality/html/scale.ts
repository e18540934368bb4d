/** Maps values to positions on a chart's axis. */
export interface Scale {
  at(value: number): number;
  /** Round values to label the axis with, ascending. */
  readonly ticks: readonly number[];
}

/** A linear scale, over a range widened to round ticks. */
export function linearScale(values: readonly number[], from: number, to: number): Scale {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const step = roundStep((high - low) / 5);
  const start = Math.floor(low / step);
  const end = Math.max(start + 1, Math.ceil(high / step));
  const ticks = Array.from({ length: end - start + 1 }, (_, i) => (start + i) * step);
  const width = (end - start) * step;
  return { ticks, at: (value) => from + ((value - start * step) / width) * (to - from) };
}

/** A logarithmic scale; every value must be positive. */
export function logScale(values: readonly number[], from: number, to: number): Scale {
  const low = Math.log10(Math.min(...values));
  const high = Math.log10(Math.max(...values));
  const margin = Math.max(0.05, (high - low) * 0.04);
  const [start, end] = [low - margin, high + margin];
  const first = Math.floor(start);
  const decades = Array.from({ length: Math.ceil(end) - first + 1 }, (_, i) => first + i);
  const steps = end - start > 3 ? [1] : [1, 2, 5];
  const ticks = decades
    .flatMap((decade) => steps.map((step) => step * 10 ** decade))
    .filter((tick) => Math.log10(tick) >= start && Math.log10(tick) <= end);
  return {
    ticks,
    at: (value) => from + ((Math.log10(value) - start) / (end - start)) * (to - from),
  };
}

/** The smallest of 1, 2 or 5 times a power of ten that is at least `minimum`. */
function roundStep(minimum: number): number {
  if (!(minimum > 0)) return 0.1;
  const power = 10 ** Math.floor(Math.log10(minimum));
  return ([1, 2, 5, 10].find((factor) => factor * power >= minimum) ?? 10) * power;
}
