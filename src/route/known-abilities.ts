import { linearFigure } from '../core/benchmark.js';
import type { Model } from '../core/model.js';
import { at } from './factor-network.js';
import { modelKey } from './model-name.js';
import { estimateStrength, releaseYear } from './model-strength.js';
import type { Strength } from './model-strength.js';
import type { PredictorTables } from './predictor-artefact.js';
import type { Ability } from './predictor.js';

/** Releases of one name less than this apart are taken for one model. */
const SAME_MODEL_YEARS = 0.75;
/** A model released later is not taken for an undated namesake; the graded answers are of 2023 to 2025. */
const FIRST_NAMESAKES = 2025.5;

/**
 * The benchmark that coding agents' requests count as: no graded prompt is of their kind, and the graded tool calls, which small models
 * make as well as large ones, say nothing of it.
 */
const AGENT_BENCHMARK = 'swe_bench_verified';

/** What a model is expected to get right of a benchmark, in log-odds. */
export interface ExpectedFigure {
  readonly mean: number;
  readonly variance: number;
}

/** What a model's own graded answers add to what facts say of it. */
interface OwnAnswers {
  /** Its place among the models with graded answers. */
  readonly index: number;
  /** General ability by graded answers alone, less what facts make of it, shape [members]. */
  readonly surplus: Float32Array;
}

/** What the networks of a predictor need to know of a model. */
export interface FactorAbility extends Ability {
  /** Log-odds in general and in each skill, member after member. */
  readonly skills: Float32Array;
  readonly variance: number;
  /** Variance that its skills add on prompts close to graded ones. */
  readonly skillVariance: number;
  /** Share of the general ability that comes from facts rather than from graded answers, 0 to 1. */
  readonly guessed: number;
  /** What to go by on prompts like those that the model itself was graded on; `null` when it was on none. */
  readonly own: OwnAnswers | null;
  readonly verbosity: number;
  /** How it does as a coding agent; `null` where the predictor was fitted without a figure of such work. */
  readonly agent: ExpectedFigure | null;
}

/** What a predictor knows of models: those with graded answers by these and by facts, all others by facts alone. */
export class KnownAbilities {
  readonly #tables: PredictorTables;
  readonly #fitted: ReadonlyMap<string, number>;
  readonly #fittedByKey: ReadonlyMap<string, number>;

  constructor(tables: PredictorTables) {
    this.#tables = tables;
    this.#fitted = new Map(tables.meta.models.map((name, i) => [name, i]));
    this.#fittedByKey = bestByKey(tables);
  }

  /** What is known of a model: graded answers and published facts, each weighed by its certainty. */
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
        guessed: 1,
        own: null,
        verbosity: usualVerbosity,
        agent,
      };
    }
    const fittedVariance = at(abilityVariance, index);
    // Without a single fact, graded answers are all there is: an average model is no better guess.
    const share =
      strength.facts === 0 ? 1 : regressedVariance / (regressedVariance + fittedVariance);
    // Facts say how strong a model is in general. What it is better or worse at, only its answers tell.
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
      guessed: 1 - share,
      own: { index, surplus },
      // Graded answers seldom count hidden reasoning, so a model that reasons is never taken for terse.
      verbosity: reasons ? Math.max(usualVerbosity, at(verbosity, index)) : at(verbosity, index),
      agent,
    };
  }

  /** By its strength as facts have it, and by the figure itself where it is known. */
  #agentFigure({ benchmarks }: Model, strength: Strength): ExpectedFigure | null {
    const line = this.#tables.meta.strength.benchmarks[AGENT_BENCHMARK];
    if (line === undefined) return null;
    const mean = (strength.mean - line.intercept) / line.slope;
    const variance = strength.variance / line.slope ** 2;
    const figure = benchmarks[AGENT_BENCHMARK];
    if (figure === undefined) return { mean, variance };
    const told = linearFigure(AGENT_BENCHMARK, figure);
    const share = variance / (variance + line.variance / line.slope ** 2);
    return { mean: mean + share * (told - mean), variance: (1 - share) * variance };
  }

  /** The row of graded answers that belongs to a model: its own name's, or that of the same model under another date. */
  #find(model: Model): number | undefined {
    const exact = this.#fitted.get(model.id);
    if (exact !== undefined) return exact;
    const index = this.#fittedByKey.get(modelKey(model.id));
    if (index === undefined) return undefined;
    const year = releaseYear(model.released);
    const fittedYear = at(this.#tables.released, index);
    // Vendors reuse names: a `-small` of 2026 is not the `-small` of 2024.
    const same =
      year === null ||
      (fittedYear === 0 ? year < FIRST_NAMESAKES : Math.abs(year - fittedYear) < SAME_MODEL_YEARS);
    return same ? index : undefined;
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
    // A name with a mark (`@fc`) is a way of calling a model, not the model.
    if (name.includes('@')) return;
    const key = modelKey(name);
    const former = best.get(key);
    if (former === undefined || at(abilityVariance, i) < at(abilityVariance, former)) {
      best.set(key, i);
    }
  });
  return best;
}
