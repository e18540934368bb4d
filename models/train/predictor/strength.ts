import { linearScore } from '../../../src/core/benchmark.js';
import { log10OutputPrice, logSize, releaseYear } from '../../../src/route/model-strength.js';
import type { BenchmarkRule, ModelFacts, StrengthRule } from '../../../src/route/model-strength.js';
import { fitLatent, gradedStrength, strengthByGrades } from './latent-strength.js';
import type { LatentFit, Observed, SetGrade } from './latent-strength.js';
import type { Guess } from './strength-lines.js';

/** A model with graded answers, and the public facts about it. */
export interface GradedModel {
  readonly name: string;
  readonly facts: ModelFacts;
  readonly grades: readonly SetGrade[];
}

/** A benchmark that fewer models have says nothing yet. */
const FEWEST_MODELS = 4;

/** Sets made of a benchmark's own questions: there the figure is the grade once more, and predicts nothing. */
const SAME_QUESTIONS: Readonly<Record<string, readonly string[]>> = {
  gsm8k: ['routerbench_subset', 'llmrouter_fusion', 'omnisbench'],
  humaneval: ['omnisbench', 'llmrouter_fusion'],
  livecodebench: ['livecodebench_codegen_2024_02', 'livecodebench_repair'],
  math: ['zeroeval_math-l5', 'llmrouter_fusion'],
  mmlu: ['routerbench_subset', 'llmrouter_fusion', 'routerdc_small7'],
  mmlu_pro: ['mmlu_pro'],
};

/**
 * Models that took part in a fit lie nearer to it than models that did not: 76 left out in turn had 1.3 times
 * the variance.
 */
const LEFT_OUT = 1.3;

/** The fitted relation of facts and graded answers to strength. */
export interface StrengthFit {
  readonly rule: StrengthRule;
  /** Strength of a graded model, given facts and grades. */
  readonly levelOf: (model: GradedModel) => Guess;
  /** Log-odds of an adequate answer, by a model of strength 0, to the average prompt of a set. */
  readonly levelIn: (set: string) => number;
  /** Strength by grades alone; `null` without grades. */
  readonly gradesOf: (model: GradedModel) => Guess | null;
}

/**
 * Learns how facts tell strength, from models with graded answers and the others of the catalog together.
 *
 * @param catalog - models without graded answers; their figures tell how benchmarks go together
 */
export function fitStrength(
  graded: readonly GradedModel[],
  catalog: readonly ModelFacts[],
): StrengthFit {
  const rows = [
    ...graded.map(observe),
    ...catalog.map((facts) => observe({ name: '', facts, grades: [] })),
  ];
  const fit = fitLatent(rows, commonBenchmarks(rows));
  return {
    rule: ruleOf(fit),
    levelOf: (model) => gradedStrength(observe(model), fit),
    levelIn: (set) => fit.sets.get(set)?.level ?? 0,
    gradesOf: (model) => strengthByGrades(model, fit),
  };
}

function ruleOf(fit: LatentFit): StrengthRule {
  const { mean, pricePower, log10Price, perYear, year } = fit;
  const common = LEFT_OUT * fit.common;
  const benchmarks: Record<string, BenchmarkRule> = {};
  for (const [name, { level, gain, error }] of fit.benchmarks) {
    benchmarks[name] = { intercept: -level / gain, slope: 1 / gain, variance: error / gain ** 2 };
  }
  return {
    ...{ mean, pricePower, log10Price, perYear, year, common, benchmarks },
    variance: fit.variance + common,
    variancePriced: fit.variancePriced + common,
    ...(fit.size && { size: { ...fit.size, variance: fit.size.variance + common } }),
  };
}

/** A linear map from one scale of strength to another. */
export interface Rescaling {
  readonly by: number;
  readonly add: number;
}

/** The same rule on another scale of strength. */
export function rescaled(rule: StrengthRule, { by, add }: Rescaling): StrengthRule {
  const benchmarks = Object.entries(rule.benchmarks).map(
    ([name, { intercept, slope, variance }]): [string, BenchmarkRule] => [
      name,
      { intercept: by * intercept + add, slope: by * slope, variance: by * by * variance },
    ],
  );
  return {
    mean: by * rule.mean + add,
    variance: by * by * rule.variance,
    pricePower: by * rule.pricePower,
    log10Price: rule.log10Price,
    perYear: by * rule.perYear,
    year: rule.year,
    variancePriced: by * by * rule.variancePriced,
    common: by * by * rule.common,
    benchmarks: Object.fromEntries(benchmarks),
    ...(rule.size && {
      size: {
        intercept: by * rule.size.intercept + add,
        slope: by * rule.size.slope,
        variance: by * by * rule.size.variance,
      },
    }),
  };
}

/** Facts without the figures that repeat the grades of the sets that the answers are from. */
export function withoutOwnQuestions({ facts, grades }: GradedModel): ModelFacts {
  const kept = Object.entries(facts.benchmarks).filter(([name]) => {
    const same = Object.hasOwn(SAME_QUESTIONS, name) ? (SAME_QUESTIONS[name] ?? []) : [];
    return !grades.some(({ set }) => same.includes(set));
  });
  return { ...facts, benchmarks: Object.fromEntries(kept) };
}

function observe(model: GradedModel): Observed {
  const facts = withoutOwnQuestions(model);
  return {
    grades: model.grades,
    log10Price: log10OutputPrice(facts),
    year: releaseYear(facts.released),
    logSize: logSize(facts),
    figures: Object.entries(facts.benchmarks).map(([benchmark, figure]) => ({
      benchmark,
      value: linearScore(benchmark, figure),
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
