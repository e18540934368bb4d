import { linearFigure } from '../../../src/core/benchmark.js';
import { log10OutputPrice, releaseYear } from '../../../src/route/model-strength.js';
import type { BenchmarkRule, ModelFacts, StrengthRule } from '../../../src/route/model-strength.js';
import { fitLatent, shiftOf } from './latent-strength.js';
import type { Observed } from './latent-strength.js';

/** A model with graded answers: its fitted strength and its published facts. */
export interface GradedModel {
  readonly name: string;
  readonly strength: number;
  readonly variance: number;
  readonly facts: ModelFacts;
  /** How many of its answers were graded, by the name of the set. */
  readonly answers: Readonly<Record<string, number>>;
}

/** Minimum number of models with a figure for a benchmark to be used. */
const FEWEST_MODELS = 4;

/** Sets made of a benchmark's own questions: for them, the figure would count the grade twice. */
const SAME_QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  gsm8k: ['routerbench_subset', 'llmrouter_fusion', 'omnisbench'],
  humaneval: ['omnisbench', 'llmrouter_fusion'],
  livecodebench: ['livecodebench_codegen_2024_02', 'livecodebench_repair'],
  math: ['zeroeval_math-l5', 'llmrouter_fusion'],
  mmlu: ['routerbench_subset', 'llmrouter_fusion', 'routerdc_small7'],
  mmlu_pro: ['mmlu_pro'],
};

/**
 * Variance of models outside a fit relative to those in it: 76 models left out in turn had 1.3 times the variance.
 */
const LEFT_OUT = 1.3;

/** The fitted relation of strength to facts, and to the sets that answers were graded in. */
export interface StrengthFit {
  readonly rule: StrengthRule;
  /** By how much the sets of a model's answers make it look stronger than it is. */
  readonly shiftOf: (model: Pick<GradedModel, 'answers'>) => number;
  /** Variance of a graded model's strength around what facts and sets predict. */
  readonly doubtOf: (model: Pick<GradedModel, 'variance'>) => number;
}

/**
 * Learns how facts predict strength, from models with graded answers and the others of the catalog together.
 *
 * @param catalog - models without graded answers; their figures show how benchmarks are related
 */
export function fitStrength(
  graded: readonly GradedModel[],
  catalog: readonly ModelFacts[],
): StrengthRule {
  return fitStrengths(graded, catalog).rule;
}

/** As `fitStrength`, with the other results of the fit. */
export function fitStrengths(
  graded: readonly GradedModel[],
  catalog: readonly ModelFacts[],
): StrengthFit {
  const rows = [
    ...graded.map(({ strength: value, variance, facts, answers }) =>
      observe(independent(facts, answers), { value, variance, shares: sharesOf(answers) }),
    ),
    ...catalog.map((facts) => observe(facts, null)),
  ];
  const fit = fitLatent(rows, commonBenchmarks(rows));
  const { mean, pricePower, log10Price, perYear, year } = fit;
  const common = LEFT_OUT * fit.common;
  const benchmarks: Record<string, BenchmarkRule> = {};
  for (const [name, { level, gain, error }] of fit.lines) {
    benchmarks[name] = { intercept: -level / gain, slope: 1 / gain, variance: error / gain ** 2 };
  }
  return {
    rule: {
      ...{ mean, pricePower, log10Price, perYear, year, common, benchmarks },
      variance: fit.variance + common,
      variancePriced: fit.variancePriced + common,
    },
    shiftOf: ({ answers }) => shiftOf({ shares: sharesOf(answers) }, fit),
    doubtOf: ({ variance }) => fit.doubt * variance,
  };
}

/** A set of n answers counts as n to this power: errors within a set are correlated. */
const SET_POWER = 0.6;

/** Weight of each set in a model's strength; they sum to 1. */
export function sharesOf(answers: GradedModel['answers']): Record<string, number> {
  const weights = Object.entries(answers).map(([set, count]) => [set, count ** SET_POWER] as const);
  const total = weights.reduce((sum, [, weight]) => sum + weight, 0);
  return Object.fromEntries(weights.map(([set, weight]) => [set, weight / total]));
}

/** Facts without the figures of benchmarks whose questions are in the sets that the answers are from. */
export function independent(facts: ModelFacts, answers: GradedModel['answers']): ModelFacts {
  const kept = Object.entries(facts.benchmarks).filter(([name]) => {
    const same = Object.hasOwn(SAME_QUESTIONS, name) ? (SAME_QUESTIONS[name] ?? []) : [];
    return !same.some((set) => Object.hasOwn(answers, set));
  });
  return { ...facts, benchmarks: Object.fromEntries(kept) };
}

function observe(facts: ModelFacts, graded: Observed['graded']): Observed {
  return {
    graded,
    log10Price: log10OutputPrice(facts),
    year: releaseYear(facts.released),
    figures: Object.entries(facts.benchmarks).map(([benchmark, figure]) => ({
      benchmark,
      value: linearFigure(benchmark, figure),
    })),
  };
}

function commonBenchmarks(rows: readonly Observed[]): string[] {
  const counts = new Map<string, number>();
  for (const { benchmark } of rows.flatMap(({ figures }) => figures)) {
    counts.set(benchmark, (counts.get(benchmark) ?? 0) + 1);
  }
  return [...counts].flatMap(([name, count]) => (count >= FEWEST_MODELS ? [name] : [])).sort();
}
