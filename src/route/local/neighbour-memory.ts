import { DenseMatrix } from '../../embed/dense-matrix.js';
import type { Model } from '../../core/model.js';
import type { Features } from '../features.js';
import type { Ability, ModelPrediction, Prediction, Predictor } from '../predictor.js';

/** An answer that somebody judged. */
export interface JudgedAnswer {
  /** Sentence vector of the prompt, unit length. */
  readonly vector: Float32Array;
  /** Who judged. */
  readonly caller: string;
  /** Grade less predicted success, -1 to 1, by model. */
  readonly residuals: ReadonlyMap<string, number>;
}

/** Judged answers looked through for every decision: the scan is what a memory costs, some tens of microseconds. */
const MOST_REMEMBERED = 1000;
/** Cosine below which prompts have nothing to do with each other. */
const LEAST_ALIKE = 0.6;
/**
 * What the prediction itself weighs, in judgements of the very same prompt. Ten such judgements move a
 * probability by a fifth of their disagreement at most.
 */
const PREDICTION_WEIGHT = 40;
/** Most that the judgements of one caller weigh together, so that nobody outvotes all others. */
const CALLER_WEIGHT = 8;

/**
 * Remembers judged answers and corrects predictions for prompts like theirs.
 *
 * The correction is the mean residual of the neighbours, each weighed by its likeness, shrunk towards none.
 */
export class NeighbourMemory {
  #answers: readonly JudgedAnswer[] = [];
  #matrix: DenseMatrix | null = null;
  #learnt = 0;
  #predictor = '';

  /**
   * Grows with everything that is learnt; 0 for an empty memory, and for one of another predictor's prompts.
   *
   * @param predictor - `Predictor.revision` without what was learnt here
   */
  learntOf(predictor: string): number {
    return this.#answers.length === 0 || this.#predictor !== predictor ? 0 : this.#learnt;
  }

  /**
   * Replaces all that is remembered; of too many the last stay.
   *
   * @param answers - vectors of one length
   * @param predictor - whose vectors they are: those of another one mean something else
   */
  replace(answers: readonly JudgedAnswer[], predictor: string): void {
    this.#predictor = predictor;
    this.#answers = answers.slice(-MOST_REMEMBERED);
    this.#learnt += 1;
    const [first] = this.#answers;
    if (first === undefined) {
      this.#matrix = null;
      return;
    }
    const columns = first.vector.length;
    const values = new Float32Array(this.#answers.length * columns);
    this.#answers.forEach(({ vector }, i) => {
      values.set(vector, i * columns);
    });
    this.#matrix = new DenseMatrix(values, columns);
  }

  /**
   * What to add to predicted probabilities.
   *
   * @param vector - unit length
   * @returns by model, -1 to 1; `null` where no neighbour says anything
   */
  corrections(vector: Float32Array): ReadonlyMap<string, number> | null {
    if (this.#matrix === null) return null;
    const sums = new Map<string, Map<string, Sum>>();
    const cosines = this.#matrix.times(vector);
    for (let i = 0; i < cosines.length; i++) {
      const alike = ((cosines[i] ?? 0) - LEAST_ALIKE) / (1 - LEAST_ALIKE);
      const answer = this.#answers[i];
      if (alike > 0 && answer !== undefined) addTo(sums, answer, Math.min(1, alike) ** 2);
    }
    if (sums.size === 0) return null;
    return new Map([...sums].map(([model, byCaller]) => [model, shrunkMean(byCaller)]));
  }
}

interface Sum {
  weight: number;
  residual: number;
}

function addTo(
  sums: Map<string, Map<string, Sum>>,
  { caller, residuals }: JudgedAnswer,
  weight: number,
): void {
  for (const [model, residual] of residuals) {
    const byCaller = sums.get(model) ?? new Map<string, Sum>();
    sums.set(model, byCaller);
    const sum = byCaller.get(caller) ?? { weight: 0, residual: 0 };
    byCaller.set(caller, sum);
    sum.weight += weight;
    sum.residual += weight * residual;
  }
}

function shrunkMean(byCaller: ReadonlyMap<string, Sum>): number {
  let weight = PREDICTION_WEIGHT;
  let residual = 0;
  for (const sum of byCaller.values()) {
    const share = Math.min(1, CALLER_WEIGHT / sum.weight);
    weight += share * sum.weight;
    residual += share * sum.residual;
  }
  return residual / weight;
}

/** A predictor that minds what was said of answers to similar prompts. */
export class RememberingPredictor implements Predictor {
  /** Prices are found before anything is remembered, and follow what is. */
  readonly judge: Predictor['judge'];
  readonly usual: Predictor['usual'];
  readonly vectorLength: Predictor['vectorLength'];
  readonly #base: Predictor;
  readonly #memory: NeighbourMemory;
  readonly #name: string;

  /** @param name - what the memory of this predictor's prompts is told by; a memory of another one's counts as empty */
  constructor(base: Predictor, memory: NeighbourMemory, name = base.revision) {
    this.#name = name;
    this.judge = base.judge?.bind(base);
    this.usual = base.usual;
    this.vectorLength = base.vectorLength;
    this.#base = base;
    this.#memory = memory;
  }

  /** Changes with everything that is learnt. */
  get revision(): string {
    const learnt = this.#memory.learntOf(this.#name);
    return learnt === 0 ? this.#base.revision : `${this.#base.revision}~${learnt}`;
  }

  ability(model: Model): Ability {
    return this.#base.ability(model);
  }

  predict(features: Features, abilities: readonly Ability[]): Prediction {
    const prediction = this.#base.predict(features, abilities);
    if (this.#memory.learntOf(this.#name) === 0 || prediction.vector === null) return prediction;
    const corrections = this.#memory.corrections(prediction.vector);
    if (corrections === null) return prediction;
    return {
      ...prediction,
      models: prediction.models.map((model, i) =>
        moved(model, corrections.get(abilities[i]?.model ?? '') ?? 0),
      ),
    };
  }
}

function moved(prediction: ModelPrediction, by: number): ModelPrediction {
  if (by === 0) return prediction;
  return { ...prediction, success: Math.max(1e-4, Math.min(1 - 1e-4, prediction.success + by)) };
}
