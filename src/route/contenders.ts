import type { Drop } from '../core/decision.js';
import type { Model, Speed } from '../core/model.js';
import { CandidateTable } from './candidate-table.js';
import { Contender, dropsByRules, type Demand, type RoutedModel } from './candidates.js';
import type { Prediction } from './predictor.js';
import type { RuleOutcome } from './rules/outcome.js';

/** Which models are measured, and what is known of them whatever the request. */
export interface ContendersParts {
  readonly models: readonly RoutedModel[];
  /** How fast a model is, as measured of late or else as published; `null` when unknown. */
  readonly speedOf: (model: string, published: Speed | null) => Speed | null;
  /** How many times longer a model's answers are than predicted, as measured of late; as predicted where absent. */
  readonly lengthOf?: (model: string, withTools: boolean) => number;
}

/** Tables for which memory is taken at once. */
const SLAB = 64;

/** All models of a router, measured as candidates for each request; what depends on no request is worked out once. */
export class Contenders {
  readonly #parts: ContendersParts;
  readonly #models: readonly Model[];
  readonly #contenders: readonly Contender[];
  readonly #names: readonly string[];
  readonly #tables: ReturnType<typeof CandidateTable.spaceFor>;
  /** What `dropsByRules` said of an outcome; index 1 for requests that are vouched for. */
  readonly #ruled = [
    new WeakMap<RuleOutcome, readonly (Drop | null)[]>(),
    new WeakMap<RuleOutcome, readonly (Drop | null)[]>(),
  ] as const;

  constructor(parts: ContendersParts) {
    this.#parts = parts;
    this.#models = parts.models.map(({ model }) => model);
    this.#contenders = parts.models.map((routed, place) => new Contender(routed, place));
    this.#names = this.#models.map(({ id }) => id);
    this.#tables = CandidateTable.spaceFor(this.#names.length, SLAB);
  }

  /** The candidates for a request. What binds softly binds only as long as somebody is left. */
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

  /** The candidates for a request, all that binds it taken as firm. */
  measured({ models }: Pick<Prediction, 'models'>, demand: Demand): CandidateTable {
    const { speedOf, lengthOf = asPredicted } = this.#parts;
    const ruled = this.#dropsByRules(demand);
    const withTools = demand.features.tools > 0;
    const table = new CandidateTable(this.#names, this.#tables);
    let i = 0;
    for (const contender of this.#contenders) {
      const predicted = models[i];
      if (predicted === undefined) throw new Error('the predictor left out a model');
      const known = {
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
