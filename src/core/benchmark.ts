/** The scale of a benchmark's figures: a share of points, or an unbounded rating. */
type Scale =
  /** `floor` is what guessing scores. */
  | { readonly kind: 'share'; readonly floor: number }
  /** `step` more is a clear step up from any model. */
  | { readonly kind: 'rating'; readonly usual: number; readonly step: number };

type Benchmark = Scale & { readonly least: number; readonly most: number };

const share = { kind: 'share', least: 0, most: 100, floor: 0 } as const;
/** Multiple choice among four and among ten answers. */
const ofFour = { ...share, floor: 25 } as const;
const ofTen = { ...share, floor: 10 } as const;

/**
 * The benchmarks whose figures the catalog keeps, and how to read them.
 *
 * A closed list: a figure under a name that nothing reads would be silently useless.
 */
export const BENCHMARKS = {
  aider_polyglot: share,
  aime_2024: share,
  aime_2025: share,
  // An Elo rating: 400 points are odds of ten to one.
  arena_elo: { kind: 'rating', least: 500, most: 2500, usual: 1200, step: 400 / Math.LN10 },
  bbh: share,
  // The Epoch Capabilities Index: Claude 3.5 Sonnet has 130 by definition, GPT-5 150.
  epoch_eci: { kind: 'rating', least: 0, most: 300, usual: 130, step: 10 },
  gpqa_diamond: ofFour,
  gsm8k: share,
  // Models that can solve none of it still guess one in twenty-five.
  hle: { ...share, floor: 4 },
  humaneval: share,
  ifbench: share,
  ifeval: share,
  livecodebench: share,
  math: share,
  math_500: share,
  mmlu: ofFour,
  mmlu_pro: ofTen,
  mmmu: share,
  mt_bench: { ...share, most: 10 },
  scicode: share,
  swe_bench_pro: share,
  swe_bench_verified: share,
  terminal_bench: share,
  terminal_bench_4: share,
} as const satisfies Record<string, Benchmark>;

export type BenchmarkName = keyof typeof BENCHMARKS;

/** Differences this close to either end are noise: two hundred questions, another harness. */
const LUCK = 0.05;

/**
 * Puts the figures of one benchmark on a linear scale, so that differences can be compared.
 *
 * @param name - of a benchmark; any other is read as a percentage
 * @returns log-odds of a share above the floor, softened at both ends, or steps from a usual model for a
 *   rating; always more for a higher figure
 */
export function linearScore(name: string, figure: number): number {
  const scale = scaleOf(name);
  if (scale.kind === 'rating') return (figure - scale.usual) / scale.step;
  const above = (Math.min(figure, scale.most) - scale.floor) / (scale.most - scale.floor);
  // A softplus: next to nothing below the floor, the share itself well above it.
  const part = LUCK * Math.log1p(Math.exp(above / LUCK));
  return Math.log((part + LUCK) / (1 + LUCK - part));
}

function scaleOf(name: string): Benchmark {
  return Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name as BenchmarkName] : share;
}
