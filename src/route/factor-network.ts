import { DenseMatrix } from '../embed/dense-matrix.js';

/** Sizes of the network and of its input. */
export interface NetworkShape {
  /** Numbers of a sentence vector. */
  readonly embedding: number;
  /** Numbers of `Features.dense`. */
  readonly dense: number;
  readonly hidden: number;
  readonly skills: number;
  /** Networks trained alike from different seeds; their mean predicts, their spread tells doubt. */
  readonly members: number;
}

/** Trained weights; member after member, row after row. */
export interface NetworkTables {
  /** What is subtracted from each dense feature, shape [dense]. */
  readonly denseMean: Float32Array;
  /** What each dense feature is multiplied with, shape [dense]. */
  readonly denseScale: Float32Array;
  /** Shape [members, hidden, inputs]. */
  readonly hiddenWeights: Float32Array;
  /** Shape [members, hidden]. */
  readonly hiddenBias: Float32Array;
  /** Shape [members, skills + 2, hidden]: skills, difficulty, length. */
  readonly headWeights: Float32Array;
  /** Shape [members, skills + 2]. */
  readonly headBias: Float32Array;
  /** Straight from the input to difficulty and length, shape [members, 2, inputs]. */
  readonly directWeights: Float32Array;
}

/** What a prompt asks for, by every member. Reused by the next call. */
export interface PromptDemand {
  /** Shape [members, skills]; each member's row is positive and sums to 1. */
  readonly skills: Float32Array;
  /** Log-odds taken from every model, shape [members]. */
  readonly difficulty: Float32Array;
  /** Natural logarithm of the answer's tokens, for a model of average verbosity. */
  logTokens: number;
}

/** Standardised dense features are cut off here: an odd prompt must not run the network off its rails. */
const DENSE_LIMIT = 4;

/** Outputs of the head beside the skills: difficulty and length. */
export const EXTRA_OUTPUTS = 2;

/** Numbers the network reads. */
export function inputsOf(shape: NetworkShape): number {
  return shape.embedding + shape.dense;
}

/**
 * Writes the network's input.
 *
 * @param dense - raw dense features, shape [shape.dense]
 * @param input - shape [inputs]; its first `shape.embedding` numbers are the sentence vector already
 */
export function writeDense(
  dense: Float32Array,
  tables: Pick<NetworkTables, 'denseMean' | 'denseScale'>,
  input: Float32Array,
): void {
  const offset = input.length - dense.length;
  for (let i = 0; i < dense.length; i++) {
    const value = (at(dense, i) - at(tables.denseMean, i)) * at(tables.denseScale, i);
    input[offset + i] = Math.max(-DENSE_LIMIT, Math.min(DENSE_LIMIT, value));
  }
}

/**
 * Runs the members of a trained network. Holds scratch memory, so a result lasts until the next call, and
 * a copy of the large tables: changes to them are not seen.
 */
export class FactorNetwork {
  readonly shape: NetworkShape;
  readonly tables: NetworkTables;
  /** Shape [members × hidden, inputs]. */
  readonly #hiddenWeights: DenseMatrix;
  /** Shape [members × 2, inputs]. */
  readonly #directWeights: DenseMatrix;
  readonly #activations: Float32Array;
  readonly #demand: PromptDemand;

  constructor(shape: NetworkShape, tables: NetworkTables) {
    this.shape = shape;
    this.tables = tables;
    this.#hiddenWeights = new DenseMatrix(tables.hiddenWeights, inputsOf(shape));
    this.#directWeights = new DenseMatrix(tables.directWeights, inputsOf(shape));
    this.#activations = new Float32Array(shape.hidden);
    this.#demand = {
      skills: new Float32Array(shape.members * shape.skills),
      difficulty: new Float32Array(shape.members),
      logTokens: 0,
    };
  }

  /** @param input - shape [inputs], as `writeDense` left it */
  run(input: Float32Array): PromptDemand {
    const demand = this.#demand;
    demand.logTokens = 0;
    const hidden = this.#hiddenWeights.times(input);
    const direct = this.#directWeights.times(input);
    for (let member = 0; member < this.shape.members; member++) {
      this.#runHead(member, hidden, direct);
    }
    demand.logTokens /= this.shape.members;
    return demand;
  }

  /** @param direct - what goes straight from the input to difficulty and length, shape [members, 2] */
  #runHead(member: number, hiddenSums: Float32Array, direct: Float32Array): void {
    const { hidden, skills } = this.shape;
    const { hiddenBias, headWeights, headBias } = this.tables;
    const activations = this.#activations;
    for (let h = 0; h < hidden; h++) {
      const sum = at(hiddenBias, member * hidden + h) + at(hiddenSums, member * hidden + h);
      activations[h] = sum > 0 ? sum : 0;
    }
    const demand = this.#demand;
    const outputs = skills + EXTRA_OUTPUTS;
    const head = (output: number): number => {
      const row = member * outputs + output;
      return at(headBias, row) + dot(headWeights, row * hidden, activations);
    };
    for (let k = 0; k < skills; k++) demand.skills[member * skills + k] = head(k);
    softmax(demand.skills, member * skills, skills);
    demand.difficulty[member] = head(skills) + at(direct, EXTRA_OUTPUTS * member);
    demand.logTokens += head(skills + 1) + at(direct, EXTRA_OUTPUTS * member + 1);
  }
}

/** Replaces `length` numbers by their softmax. */
export function softmax(values: Float32Array, offset: number, length: number): void {
  let highest = -Infinity;
  for (let k = 0; k < length; k++) highest = Math.max(highest, at(values, offset + k));
  let total = 0;
  for (let k = 0; k < length; k++) {
    const e = Math.exp(at(values, offset + k) - highest);
    values[offset + k] = e;
    total += e;
  }
  for (let k = 0; k < length; k++) values[offset + k] = at(values, offset + k) / total;
}

/** Inner product of `vector` with as many numbers of `matrix` from `offset` on. */
export function dot(matrix: Float32Array, offset: number, vector: Float32Array): number {
  const length = vector.length;
  const whole = length - (length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  // Four sums at once: one would make every addition wait for the one before it.
  for (let i = 0; i < whole; i += 4) {
    a += at(matrix, offset + i) * at(vector, i);
    b += at(matrix, offset + i + 1) * at(vector, i + 1);
    c += at(matrix, offset + i + 2) * at(vector, i + 2);
    d += at(matrix, offset + i + 3) * at(vector, i + 3);
  }
  for (let i = whole; i < length; i++) a += at(matrix, offset + i) * at(vector, i);
  return a + b + (c + d);
}

/** The logistic function: log-odds to probability. */
export function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}

/** An element known to exist. */
export function at(values: Float32Array, index: number): number {
  return values[index] ?? 0;
}
