import { linearScore } from '../core/benchmark.js';
import type { Model } from '../core/model.js';
import { at } from './factor-network.js';
import { modelKey } from './model-name.js';
import { isSameSize, sizeInName } from '../core/model-size.js';
import { estimateStrength, releaseYear } from './model-strength.js';
import type { Strength } from './model-strength.js';
import type { PredictorTables } from './predictor-artefact.js';
import type { Ability } from './predictor.js';

/** Releases of one name less than this many years apart count as one model. */
const SAME_MODEL_YEARS = 0.75;
/** A model released later is not matched with an undated model of its name; the graded answers are from 2023 to 2025. */
const UNDATED_UNTIL_YEAR = 2025.5;

/**
 * The benchmark that predicts success on coding agents' requests: no graded prompt is similar to them, and graded tool calls, which
 * small models make as well as large ones, are no evidence for such work.
 */
const AGENT_BENCHMARK = 'swe_bench_verified';

/** Expected score of a model on a benchmark, in log-odds. */
export interface BenchmarkEstimate {
  readonly mean: number;
  readonly variance: number;
}

/** What a model's own graded answers add to the estimate by facts. */
interface OwnAnswers {
  /** Index among the models with graded answers. */
  readonly index: number;
  /** General ability by graded answers alone, minus the estimate by facts, shape [members]. */
  readonly surplus: Float32Array;
}

/** A model's abilities, as the networks of a predictor use them. */
export interface FactorAbility extends Ability {
  /** Log-odds in general and in each skill, member after member. */
  readonly skills: Float32Array;
  readonly variance: number;
  /** Variance that its skills add on prompts close to graded ones. */
  readonly skillVariance: number;
  /** Share of the general ability that comes from facts rather than from graded answers, 0 to 1. */
  readonly factShare: number;
  /** Used on prompts like those that the model itself was graded on; `null` without graded answers. */
  readonly own: OwnAnswers | null;
  readonly verbosity: number;
  /** Expected score as a coding agent; `null` if the predictor was fitted without such a benchmark. */
  readonly agent: BenchmarkEstimate | null;
}

/** Abilities of models: by graded answers and facts, or by facts alone for models without graded answers. */
export class AbilityTable {
  readonly #tables: PredictorTables;
  readonly #fitted: ReadonlyMap<string, number>;
  readonly #fittedByKey: ReadonlyMap<string, number>;

  constructor(tables: PredictorTables) {
    this.#tables = tables;
    this.#fitted = new Map(tables.meta.models.map((name, i) => [name, i]));
    this.#fittedByKey = bestByKey(tables);
  }

  /** A model's ability by graded answers and published facts, each weighted by its certainty. */
  of(model: Model): FactorAbility {
    const { meta, abilities, abilityVariance, skillVariance, verbosity } = this.#tables;
    const strength = estimateStrength(model, meta.strength);
    const own = { mean: strength.mean, error: Math.sqrt(strength.variance) };
    const regressed = this.#skillsFrom(strength.mean);
    const regressedVariance = strength.variance + meta.skillVariance;
    const reasons = model.capabilities.has('reasoning');
    const agent = this.#agentFigure(model, strength);
    const usualVerbosity = reasons ? meta.verbosity.reasoning : meta.verbosity.plain;
    const index = this.#find(model);
    if (index === undefined) {
      return {
        model: model.id,
        general: own,
        basis: strength.facts === 0 ? 'unknown' : 'regressed',
        skills: regressed,
        variance: regressedVariance,
        skillVariance: 0,
        factShare: 1,
        own: null,
        verbosity: usualVerbosity,
        agent,
      };
    }
    const fittedVariance = at(abilityVariance, index);
    // Without any fact, only the graded answers count: the prior of an average model adds nothing.
    const share =
      strength.facts === 0 ? 1 : regressedVariance / (regressedVariance + fittedVariance);
    // Facts determine only the general strength. Strengths by skill come from graded answers alone.
    const { members } = meta.shape;
    const factors = regressed.length;
    const skills = abilities.slice(index * factors, (index + 1) * factors);
    const surplus = new Float32Array(members);
    for (let member = 0; member < members; member++) {
      const k = (member * factors) / members;
      surplus[member] = (1 - share) * (at(skills, k) - at(regressed, k));
      skills[k] = at(skills, k) - at(surplus, member);
    }
    return {
      model: model.id,
      general: own,
      basis: share >= 0.5 ? 'fitted' : 'regressed',
      skills,
      variance: share * fittedVariance,
      skillVariance: at(skillVariance, index),
      factShare: 1 - share,
      own: { index, surplus },
      // Graded answers rarely count hidden reasoning, so a reasoning model gets at least the usual verbosity.
      verbosity: reasons ? Math.max(usualVerbosity, at(verbosity, index)) : at(verbosity, index),
      agent,
    };
  }

  /** By the strength that facts suggest, and by the benchmark's own score if it is known. */
  #agentFigure({ benchmarks }: Model, strength: Strength): BenchmarkEstimate | null {
    const line = this.#tables.meta.strength.benchmarks[AGENT_BENCHMARK];
    if (line === undefined) return null;
    const mean = (strength.mean - line.intercept) / line.slope;
    const variance = strength.variance / line.slope ** 2;
    const figure = benchmarks[AGENT_BENCHMARK];
    if (figure === undefined) return { mean, variance };
    const measured = linearScore(AGENT_BENCHMARK, figure);
    const share = variance / (variance + line.variance / line.slope ** 2);
    return { mean: mean + share * (measured - mean), variance: (1 - share) * variance };
  }

  /** The index of a model's graded answers: under its own name, or as the same model with another date. */
  #find(model: Model): number | undefined {
    const exact = this.#fitted.get(model.id);
    if (exact !== undefined) return exact;
    const index = this.#fittedByKey.get(modelKey(model.id));
    if (index === undefined || !this.#mayBe(index, model)) return undefined;
    const year = releaseYear(model.released);
    const fittedYear = at(this.#tables.released, index);
    // Vendors reuse names: a `-small` of 2026 is not the `-small` of 2024.
    const same =
      year === null ||
      (fittedYear === 0
        ? year < UNDATED_UNTIL_YEAR
        : Math.abs(year - fittedYear) < SAME_MODEL_YEARS);
    return same ? index : undefined;
  }

  /** Tags such as `deepseek-r1:8b` share a name with a model of another size. */
  #mayBe(index: number, { id, parameters }: Model): boolean {
    const size = parameters ?? sizeInName(id);
    if (size === null) return true;
    const fittedSize = sizeInName(this.#tables.meta.models[index] ?? '');
    return fittedSize !== null && isSameSize(size, fittedSize);
  }

  #skillsFrom(strength: number): Float32Array {
    const { skillIntercept, skillSlope } = this.#tables;
    return skillIntercept.map((intercept, k) => intercept + at(skillSlope, k) * strength);
  }
}

/** The most certain of the fitted models that share a key. */
function bestByKey({ meta, abilityVariance }: PredictorTables): Map<string, number> {
  const best = new Map<string, number>();
  meta.models.forEach((name, i) => {
    // A name with a suffix (`@fc`) is a way of calling a model, not a model.
    if (name.includes('@')) return;
    const key = modelKey(name);
    const former = best.get(key);
    if (former === undefined || at(abilityVariance, i) < at(abilityVariance, former)) {
      best.set(key, i);
    }
  });
  return best;
}
