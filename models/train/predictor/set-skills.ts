import { at } from '../../../src/route/factor-network.js';
import { inverse, type SymmetricMatrix } from '../../../src/route/local/linear-algebra.js';
import { countAnswers, sharesOf } from './answer-counts.js';
import type { OutcomeTable } from './outcome-table.js';

/** Number of answers at which a model has half of the full weight. */
const USUAL_ANSWERS = 50;
/** Ratio of the variance of a model's own skills to the variance of set effects. */
const OWN_OVER_SETS = 1;

/** In which sets a model was graded. */
interface Origin {
  /** 0 to 1, by the number of its answers. */
  readonly weight: number;
  /** Share of each set in its answers; they sum to 1, or are all 0. Shape [sets]. */
  readonly shares: Float64Array;
}

/**
 * Removes set effects from skills: what the models graded in one set have in common.
 *
 * A hard set can be explained by the difficulty of its prompts as well as by skills that all of its models lack, and training splits
 * it between the two. This makes no difference on the set's own prompts, but on others its models would look unskilled, and
 * those of an easy set skilled. Only differences between models of the same set are identified, so only these are kept.
 */
export class SetSkills {
  readonly #origins: readonly Origin[];
  readonly #levels: Float32Array;
  readonly #sets: number;
  /** (Aᵀ W A + λ)⁻¹ of the mixed model: a skill is a line over strength, plus set effects, plus the model's own part. */
  readonly #solved: SymmetricMatrix;

  /** @param levels - strength of each model, shape [models] */
  constructor(table: OutcomeTable, rows: readonly number[], levels: Float32Array) {
    const names = table.sets.map(({ name }) => name);
    this.#origins = countAnswers(table, rows).map((answers) => originOf(answers, names));
    this.#levels = levels;
    this.#sets = names.length;
    const columns = this.#sets + 2;
    const normal: SymmetricMatrix = { size: columns, values: new Float64Array(columns * columns) };
    this.#origins.forEach((origin, m) => {
      const x = this.#columnsOf(origin, m);
      x.forEach((a, i) => {
        x.forEach((b, j) => {
          addTo(normal.values, i * columns + j, origin.weight * a * b);
        });
      });
    });
    for (let i = 0; i < columns; i++) {
      addTo(normal.values, i * (columns + 1), i < this.#sets ? OWN_OVER_SETS : TINY);
    }
    const solved = inverse(normal);
    if (solved === null) throw new Error('the set effects have no solution');
    this.#solved = solved;
  }

  /**
   * Removes set effects in place.
   *
   * @param skills - shape [models, count]
   */
  takeOut(skills: Float32Array, count: number): void {
    const columns = this.#solved.size;
    const moments = new Float64Array(columns);
    for (let k = 0; k < count; k++) {
      moments.fill(0);
      this.#origins.forEach((origin, m) => {
        const value = origin.weight * at(skills, m * count + k);
        this.#columnsOf(origin, m).forEach((x, i) => {
          addTo(moments, i, value * x);
        });
      });
      const effects = Float64Array.from({ length: this.#sets }, (_, i) =>
        moments.reduce(
          (sum, moment, j) => sum + (this.#solved.values[i * columns + j] ?? 0) * moment,
          0,
        ),
      );
      this.#origins.forEach(({ shares }, m) => {
        const added = effects.reduce((sum, effect, s) => sum + effect * (shares[s] ?? 0), 0);
        skills[m * count + k] = at(skills, m * count + k) - added;
      });
    }
  }

  #columnsOf({ shares }: Origin, model: number): number[] {
    return [...shares, 1, at(this.#levels, model)];
  }
}

/** Keeps the system solvable without any models. */
const TINY = 1e-6;

function originOf(answers: Readonly<Record<string, number>>, sets: readonly string[]): Origin {
  const shares = sharesOf(answers);
  const count = Object.values(answers).reduce((sum, inSet) => sum + inSet, 0);
  return {
    weight: count / (count + USUAL_ANSWERS),
    shares: Float64Array.from(sets, (name) => shares[name] ?? 0),
  };
}

function addTo(values: Float64Array, index: number, by: number): void {
  values[index] = (values[index] ?? 0) + by;
}
