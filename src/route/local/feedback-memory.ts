import { DenseMatrix } from '../../embed/dense-matrix.js';
import type { Model } from '../../core/model.js';
import type { Features } from '../features.js';
import type { Ability, ModelPrediction, Prediction, Predictor } from '../predictor.js';

/** An answer with feedback. */
export interface JudgedAnswer {
  /** Sentence vector of the prompt, unit length. */
  readonly vector: Float32Array;
  /** Who gave the feedback. */
  readonly caller: string;
  /** Grade minus predicted success, -1 to 1, by model. */
  readonly residuals: ReadonlyMap<string, number>;
}

/** Judged answers that are compared for every decision, in some tens of microseconds. */
const MAX_ANSWERS = 1000;
/** Cosine below which prompts count as unrelated. */
const MIN_COSINE = 0.6;
/**
 * Weight of the prediction itself, in judgements of the same prompt. Ten such judgements change a
 * probability by at most a fifth of the residual.
 */
const PREDICTION_WEIGHT = 40;
/** Largest total weight of one caller's judgements, so that none outvotes all others. */
const MAX_CALLER_WEIGHT = 8;

/**
 * Remembers judged answers and corrects predictions for similar prompts.
 *
 * The correction is the mean residual of the neighbours, weighted by similarity and shrunk towards 0.
 */
export class FeedbackMemory {
  #answers: readonly JudgedAnswer[] = [];
  #matrix: DenseMatrix | null = null;
  #learnt = 0;
  #predictor = '';

  /**
   * A version that grows with every change; 0 if the memory is empty or holds another predictor's prompts.
   *
   * @param predictor - `Predictor.revision` without what was learnt here
   */
  versionFor(predictor: string): number {
    return this.#answers.length === 0 || this.#predictor !== predictor ? 0 : this.#learnt;
  }

  /**
   * Replaces the contents; of too many answers the last are kept.
   *
   * @param answers - vectors of one length
   * @param predictor - revision of the predictor that made the vectors
   */
  replace(answers: readonly JudgedAnswer[], predictor: string): void {
    this.#predictor = predictor;
    this.#answers = answers.slice(-MAX_ANSWERS);
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
   * Corrections to be added to predicted probabilities.
   *
   * @param vector - unit length
   * @returns by model, -1 to 1; `null` without neighbours
   */
  corrections(vector: Float32Array): ReadonlyMap<string, number> | null {
    if (this.#matrix === null) return null;
    const sums = new Map<string, Map<string, Sum>>();
    const cosines = this.#matrix.times(vector);
    for (let i = 0; i < cosines.length; i++) {
      const similarity = ((cosines[i] ?? 0) - MIN_COSINE) / (1 - MIN_COSINE);
      const answer = this.#answers[i];
      if (similarity > 0 && answer !== undefined) addTo(sums, answer, Math.min(1, similarity) ** 2);
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
    const share = Math.min(1, MAX_CALLER_WEIGHT / sum.weight);
    weight += share * sum.weight;
    residual += share * sum.residual;
  }
  return residual / weight;
}

/** A predictor corrected by feedback on answers to similar prompts. */
export class FeedbackPredictor implements Predictor {
  /** Without the memory: prices start from predictions before any feedback, and follow later decisions. */
  readonly predictNumbers: Predictor['predictNumbers'];
  readonly usualPrompts: Predictor['usualPrompts'];
  readonly vectorLength: Predictor['vectorLength'];
  readonly #base: Predictor;
  readonly #memory: FeedbackMemory;
  readonly #name: string;

  /** @param name - revision that this predictor's memory is stored under; a memory of another one counts as empty */
  constructor(base: Predictor, memory: FeedbackMemory, name = base.revision) {
    this.#name = name;
    this.predictNumbers = base.predictNumbers?.bind(base);
    this.usualPrompts = base.usualPrompts;
    this.vectorLength = base.vectorLength;
    this.#base = base;
    this.#memory = memory;
  }

  /** Changes whenever the memory does. */
  get revision(): string {
    const learnt = this.#memory.versionFor(this.#name);
    return learnt === 0 ? this.#base.revision : `${this.#base.revision}~${learnt}`;
  }

  ability(model: Model): Ability {
    return this.#base.ability(model);
  }

  predict(features: Features, abilities: readonly Ability[]): Prediction {
    const prediction = this.#base.predict(features, abilities);
    if (this.#memory.versionFor(this.#name) === 0 || prediction.vector === null) return prediction;
    const corrections = this.#memory.corrections(prediction.vector);
    if (corrections === null) return prediction;
    return {
      ...prediction,
      models: prediction.models.map((model, i) =>
        shifted(model, corrections.get(abilities[i]?.model ?? '') ?? 0),
      ),
    };
  }
}

function shifted(prediction: ModelPrediction, by: number): ModelPrediction {
  if (by === 0) return prediction;
  return { ...prediction, success: Math.max(1e-4, Math.min(1 - 1e-4, prediction.success + by)) };
}
