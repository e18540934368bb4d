import type { Drop } from '../core/decision.js';
import type { Model, Speed } from '../core/model.js';
import { CandidateTable } from './candidate-table.js';
import {
  ModelEvaluator,
  ruleDrops,
  type EvaluationContext,
  type ModelState,
  type RoutedModel,
} from './candidates.js';
import type { Prediction } from './predictor.js';
import type { RuleOutcome } from './rules/outcome.js';

/** The models that are evaluated, with data that does not depend on the request. */
export interface CandidateEvaluatorParts {
  readonly models: readonly RoutedModel[];
  /** A model's speed: recently measured, or else as published; `null` when unknown. */
  readonly speedOf: (model: string, published: Speed | null) => Speed | null;
  /** How many times longer a model's answers recently were than predicted; 1 for all if absent. */
  readonly lengthOf?: (model: string, withTools: boolean) => number;
}

/** Tables per memory allocation. */
const SLAB_TABLES = 64;

/** Evaluates all models of a router as candidates for each request; what does not depend on the request is computed once. */
export class CandidateEvaluator {
  readonly #parts: CandidateEvaluatorParts;
  readonly #models: readonly Model[];
  readonly #contenders: readonly ModelEvaluator[];
  readonly #names: readonly string[];
  readonly #tables: ReturnType<typeof CandidateTable.slabFor>;
  /** Results of `ruleDrops` by outcome; index 1 for vouched requests. */
  readonly #dropsByOutcome = [
    new WeakMap<RuleOutcome, readonly (Drop | null)[]>(),
    new WeakMap<RuleOutcome, readonly (Drop | null)[]>(),
  ] as const;

  constructor(parts: CandidateEvaluatorParts) {
    this.#parts = parts;
    this.#models = parts.models.map(({ model }) => model);
    this.#contenders = parts.models.map((routed, place) => new ModelEvaluator(routed, place));
    this.#names = this.#models.map(({ id }) => id);
    this.#tables = CandidateTable.slabFor(this.#names.length, SLAB_TABLES);
  }

  /** The candidates for a request. Bindings that are not firm are ignored if they would leave no candidate. */
  evaluate(prediction: Pick<Prediction, 'models'>, demand: EvaluationContext): CandidateTable {
    const all = this.evaluateStrict(prediction, demand);
    const { bound } = demand.features;
    if (bound === undefined || all.hasEligible) return all;
    const firm = bound.filter(({ isFirm }) => isFirm);
    if (firm.length === bound.length) return all;
    return this.evaluateStrict(prediction, {
      ...demand,
      features: { ...demand.features, bound: firm },
    });
  }

  /** The candidates for a request, with every binding treated as firm. */
  evaluateStrict(
    { models }: Pick<Prediction, 'models'>,
    demand: EvaluationContext,
  ): CandidateTable {
    const { speedOf, lengthOf = asPredicted } = this.#parts;
    const dropsByRules = this.#dropsByRules(demand);
    const withTools = demand.features.tools > 0;
    const table = new CandidateTable(this.#names, this.#tables);
    let i = 0;
    for (const contender of this.#contenders) {
      const predicted = models[i];
      if (predicted === undefined) throw new Error('the predictor left out a model');
      const known: ModelState = {
        speed: speedOf(contender.id, contender.publishedSpeed),
        lengthFactor: lengthOf(contender.id, withTools),
        droppedByRules: dropsByRules[i] ?? null,
      };
      contender.evaluateInto(table, predicted, known, demand);
      i += 1;
    }
    return table;
  }

  #dropsByRules({ outcome, vouched }: EvaluationContext): readonly (Drop | null)[] {
    const byOutcome = this.#dropsByOutcome[vouched ? 1 : 0];
    const known = byOutcome.get(outcome);
    if (known !== undefined) return known;
    const drops = ruleDrops(outcome, this.#models, vouched);
    byOutcome.set(outcome, drops);
    return drops;
  }
}

const asPredicted = (): number => 1;
