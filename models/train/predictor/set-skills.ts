import { at } from '../../../src/route/factor-network.js';
import { inverse, type Square } from '../../../src/route/local/linear-algebra.js';
import { gradedIn } from './graded-in.js';
import type { OutcomeTable } from './outcome-table.js';

/** Large sets count for more, but not by their size: their answers err alike. */
const SET_POWER = 0.6;
/** Answers from which a model is half counted on when it is told what a set does to skills. */
const USUAL_ANSWERS = 50;
/** Variance of a model's own skills over that of what a set does to them. */
const OWN_OVER_SETS = 1;

/** Where a model was graded. */
interface Origin {
  /** How much is known of the model, 0 to 1. */
  readonly weight: number;
  /** Share of each set in that; they sum to 1, or are all 0. Shape [sets]. */
  readonly shares: Float64Array;
}

/**
 * What models that were graded on the same set have in common, taken out of their skills.
 *
 * Difficulty that every model meets on the prompts of a set fits its grades as well as a lack of skill that all its models
 * share, and training halves it between the two. On the set's own prompts that makes no difference; elsewhere its models would
 * count as unskilled, and those of an easy set as skilled. So only what tells models of one set apart is theirs.
 */
export class SetSkills {
  readonly #origins: readonly Origin[];
  readonly #levels: Float32Array;
  readonly #sets: number;
  /** (Aᵀ W A + λ)⁻¹ of the mixed model: skills are a line over strength, what their sets add, and the model's own. */
  readonly #solved: Square;

  /** @param levels - how strong each model is, shape [models] */
  constructor(table: OutcomeTable, rows: readonly number[], levels: Float32Array) {
    const names = table.sets.map(({ name }) => name);
    this.#origins = gradedIn(table, rows).map((answers) => originOf(answers, names));
    this.#levels = levels;
    this.#sets = names.length;
    const columns = this.#sets + 2;
    const normal: Square = { size: columns, values: new Float64Array(columns * columns) };
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
    if (solved === null) throw new Error('what sets do to skills cannot be told');
    this.#solved = solved;
  }

  /**
   * Takes it out, in place.
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

/** Keeps a line through no models finite. */
const TINY = 1e-6;

function originOf(answers: Readonly<Record<string, number>>, sets: readonly string[]): Origin {
  const shares = Float64Array.from(sets, (name) => (answers[name] ?? 0) ** SET_POWER);
  const total = shares.reduce((sum, share) => sum + share, 0);
  const count = sets.reduce((sum, name) => sum + (answers[name] ?? 0), 0);
  return {
    weight: count / (count + USUAL_ANSWERS),
    shares: total === 0 ? shares : shares.map((share) => share / total),
  };
}

function addTo(values: Float64Array, index: number, by: number): void {
  values[index] = (values[index] ?? 0) + by;
}
