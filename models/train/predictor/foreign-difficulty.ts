import type { TextRows } from '../../../src/embed/static-embedder.js';
import { at, inputsOf, logistic } from '../../../src/route/factor-network.js';
import { at64, innerProduct } from '../../../src/route/local/linear-algebra.js';
import type { Ensemble } from './ensemble.js';
import type { OutcomeTable } from './outcome-table.js';

/** Penalties of the squared weights of vectors, dense features, and words, over 2; chosen by cross-validation on the training part. */
const PENALTIES = { vector: 3, dense: 4, word: 0.3 } as const;
/** Newton steps, and steps of conjugate gradients in each; more change predictions by less than a thousandth. */
const NEWTON_STEPS = 8;
const GRADIENT_STEPS = 80;
/** Fewer prompts than this do not determine the weights. */
const FEWEST_PROMPTS = 100;

/** A prompt with its ratings. */
interface Lesson {
  /** The network's input and a 1 for the intercept. */
  readonly input: Float32Array;
  readonly words: TextRows | null;
  readonly weight: number;
  readonly answers: readonly { readonly ability: number; readonly success: number }[];
}

/**
 * Fits `NetworkTables.foreignWeights` and `foreignRows` to ratings of prompts in other languages than English: a logistic regression
 * with a quadratic penalty, in which a prompt's difficulty is subtracted from the models' general abilities. These are given, so that
 * difficulties mean the same in every language. In place.
 *
 * @param rows - rated prompts in other languages, of the training part; too few of them leave the weights as they are
 */
export function fitForeignDifficulty(
  ensemble: Ensemble,
  table: OutcomeTable,
  rows: readonly number[],
): void {
  if (rows.length < FEWEST_PROMPTS) return;
  const { foreignWeights, foreignRows } = ensemble.tables;
  const regression = new Regression(
    rows.map((row) => lessonOf(ensemble, table, row)),
    Float64Array.from({ length: foreignWeights.length + foreignRows.length }, (_, i) => {
      if (i < ensemble.shape.embedding) return PENALTIES.vector;
      if (i < foreignWeights.length - 1) return PENALTIES.dense;
      return i === foreignWeights.length - 1 ? 0 : PENALTIES.word;
    }),
  );
  const weights = regression.fit();
  foreignWeights.set(weights.subarray(0, foreignWeights.length));
  foreignRows.set(weights.subarray(foreignWeights.length));
}

function lessonOf({ shape, abilities }: Ensemble, table: OutcomeTable, row: number): Lesson {
  const inputs = inputsOf(shape);
  const each = 1 + shape.skills;
  const start = table.first[row] ?? 0;
  const end = table.first[row + 1] ?? start;
  const input = new Float32Array(inputs + 1);
  input.set(table.inputs.subarray(row * inputs, (row + 1) * inputs));
  input[inputs] = 1;
  const generalOf = (model: number): number => {
    let sum = 0;
    for (let member = 0; member < shape.members; member++)
      sum += at(abilities, (model * shape.members + member) * each);
    return sum / shape.members;
  };
  const answers = Array.from(table.model.subarray(start, end), (model, i) => ({
    ability: generalOf(model),
    success: at(table.score, start + i),
  }));
  // Ratings of one prompt are correlated, so n of them count as √n.
  const weight = 1 / Math.sqrt(Math.max(1, end - start));
  return { input, words: table.foreign[row]?.words ?? null, weight, answers };
}

/** Newton's method with conjugate gradients: the curvature has as many rows as the embedding table, so it is never written down. */
class Regression {
  readonly #lessons: readonly Lesson[];
  /** Of each weight: those of the inputs, the intercept's, those of the words. */
  readonly #penalties: Float64Array;
  readonly #weights: Float64Array;

  constructor(lessons: readonly Lesson[], penalties: Float64Array) {
    this.#lessons = lessons;
    this.#penalties = penalties;
    this.#weights = new Float64Array(penalties.length);
  }

  fit(): Float64Array {
    const weights = this.#weights;
    for (let step = 0; step < NEWTON_STEPS; step++) {
      const { gradient, curvatures } = this.#differentiate();
      const change = this.#solve(gradient, curvatures);
      for (let i = 0; i < weights.length; i++) weights[i] = at64(weights, i) - at64(change, i);
    }
    return weights;
  }

  /** The gradient of the penalised loss, and the curvature of each prompt's loss by its difficulty. */
  #differentiate(): { readonly gradient: Float64Array; readonly curvatures: Float64Array } {
    const gradient = this.#weights.map((value, i) => value * at64(this.#penalties, i));
    const curvatures = new Float64Array(this.#lessons.length);
    this.#lessons.forEach((lesson, n) => {
      const difficulty = this.#product(lesson, this.#weights);
      let error = 0;
      let curvature = 0;
      for (const { ability, success } of lesson.answers) {
        const p = logistic(ability - difficulty);
        error += lesson.weight * (success - p);
        curvature += lesson.weight * p * (1 - p);
      }
      curvatures[n] = curvature;
      this.#addScaled(lesson, error, gradient);
    });
    return { gradient, curvatures };
  }

  /** Solves curvature × x = `right` approximately. */
  #solve(right: Float64Array, curvatures: Float64Array): Float64Array {
    const solution = new Float64Array(right.length);
    const residual = right.slice();
    const direction = right.slice();
    let square = squareOf(residual);
    for (let step = 0; step < GRADIENT_STEPS && square > 1e-12; step++) {
      const image = direction.map((value, i) => value * at64(this.#penalties, i));
      this.#lessons.forEach((lesson, n) => {
        this.#addScaled(lesson, at64(curvatures, n) * this.#product(lesson, direction), image);
      });
      const length = square / innerProduct(direction, 0, image, 0, image.length);
      for (let i = 0; i < solution.length; i++) {
        solution[i] = at64(solution, i) + length * at64(direction, i);
        residual[i] = at64(residual, i) - length * at64(image, i);
      }
      const next = squareOf(residual);
      for (let i = 0; i < direction.length; i++)
        direction[i] = at64(residual, i) + (next / square) * at64(direction, i);
      square = next;
    }
    return solution;
  }

  /** The inner product of a prompt with weights. */
  #product({ input, words }: Lesson, weights: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < input.length; i++) sum += at(input, i) * at64(weights, i);
    words?.rows.forEach((row, i) => {
      sum += at(words.weights, i) * at64(weights, input.length + row);
    });
    return sum;
  }

  /** Adds a multiple of a prompt to `sums`. */
  #addScaled({ input, words }: Lesson, by: number, sums: Float64Array): void {
    for (let i = 0; i < input.length; i++) sums[i] = at64(sums, i) + by * at(input, i);
    words?.rows.forEach((row, i) => {
      const place = input.length + row;
      sums[place] = at64(sums, place) + by * at(words.weights, i);
    });
  }
}

function squareOf(vector: Float64Array): number {
  return innerProduct(vector, 0, vector, 0, vector.length);
}
