import type { Drop } from '../core/decision.js';
import type { Model, Speed } from '../core/model.js';
import { CandidateTable } from './candidate-table.js';
import {
  Contender,
  dropsByRules,
  type Demand,
  type KnownOfModel,
  type RoutedModel,
} from './candidates.js';
import type { Prediction } from './predictor.js';
import type { RuleOutcome } from './rules/outcome.js';

/** The models that are evaluated, and what is known of them independently of the request. */
export interface ContendersParts {
  readonly models: readonly RoutedModel[];
  /** A model's speed: recently measured, or else as published; `null` when unknown. */
  readonly speedOf: (model: string, published: Speed | null) => Speed | null;
  /** How many times longer a model's answers recently were than predicted; 1 for all if absent. */
  readonly lengthOf?: (model: string, withTools: boolean) => number;
}

/** Tables per memory allocation. */
const SLAB_TABLES = 64;

/** Evaluates all models of a router as candidates for each request; what does not depend on the request is computed once. */
export class Contenders {
  readonly #parts: ContendersParts;
  readonly #models: readonly Model[];
  readonly #contenders: readonly Contender[];
  readonly #names: readonly string[];
  readonly #tables: ReturnType<typeof CandidateTable.spaceFor>;
  /** Results of `dropsByRules` by outcome; index 1 for vouched requests. */
  readonly #ruled = [
    new WeakMap<RuleOutcome, readonly (Drop | null)[]>(),
    new WeakMap<RuleOutcome, readonly (Drop | null)[]>(),
  ] as const;

  constructor(parts: ContendersParts) {
    this.#parts = parts;
    this.#models = parts.models.map(({ model }) => model);
    this.#contenders = parts.models.map((routed, place) => new Contender(routed, place));
    this.#names = this.#models.map(({ id }) => id);
    this.#tables = CandidateTable.spaceFor(this.#names.length, SLAB_TABLES);
  }

  /** The candidates for a request. Bindings that are not firm are ignored if they would leave no candidate. */
  able(prediction: Pick<Prediction, 'models'>, demand: Demand): CandidateTable {
    const all = this.measured(prediction, demand);
    const { bound } = demand.features;
    if (bound === undefined || all.hasOpen) return all;
    const firm = bound.filter(({ isFirm }) => isFirm);
    if (firm.length === bound.length) return all;
    return this.measured(prediction, {
      ...demand,
      features: { ...demand.features, bound: firm },
    });
  }

  /** The candidates for a request, with every binding taken as firm. */
  measured({ models }: Pick<Prediction, 'models'>, demand: Demand): CandidateTable {
    const { speedOf, lengthOf = asPredicted } = this.#parts;
    const ruled = this.#dropsByRules(demand);
    const withTools = demand.features.tools > 0;
    const table = new CandidateTable(this.#names, this.#tables);
    let i = 0;
    for (const contender of this.#contenders) {
      const predicted = models[i];
      if (predicted === undefined) throw new Error('the predictor left out a model');
      const known: KnownOfModel = {
        speed: speedOf(contender.id, contender.publishedSpeed),
        lengthFactor: lengthOf(contender.id, withTools),
        ruled: ruled[i] ?? null,
      };
      contender.writeTo(table, predicted, known, demand);
      i += 1;
    }
    return table;
  }

  #dropsByRules({ outcome, vouched }: Demand): readonly (Drop | null)[] {
    const made = this.#ruled[vouched ? 1 : 0];
    const known = made.get(outcome);
    if (known !== undefined) return known;
    const drops = dropsByRules(outcome, this.#models, vouched);
    made.set(outcome, drops);
    return drops;
  }
}

const asPredicted = (): number => 1;
