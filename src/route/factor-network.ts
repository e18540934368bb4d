import { DenseMatrix } from '../embed/dense-matrix.js';
import { informativeCount } from './dense-features.js';

/** Sizes of the network and of its input. */
export interface NetworkShape {
  /** Numbers of a sentence vector. */
  readonly embedding: number;
  /** Numbers of `Features.dense`. */
  readonly dense: number;
  readonly hidden: number;
  /** Skills beside the general ability. */
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
  /** Difficulty as far as it carries over to kinds of prompts never seen, shape [inputs]. */
  readonly transferWeights: Float32Array;
  /** Straight from the input to length, shape [inputs]. */
  readonly lengthWeights: Float32Array;
  /** Shape [members, hidden, inputs]. */
  readonly hiddenWeights: Float32Array;
  /** Shape [members, hidden]. */
  readonly hiddenBias: Float32Array;
  /** Shape [members, skills + 2, hidden]: skills, difficulty, length. */
  readonly headWeights: Float32Array;
  /** Shape [members, skills + 2]. */
  readonly headBias: Float32Array;
  /** Difficulty that the head says graded prompts have on average, beside what carries over; shape [members]. */
  readonly usualDifficulty: Float32Array;
}

/** What a prompt asks for, by every member. Reused by the next call. */
export interface PromptDemand {
  /** How much each ability matters, shape [members, 1 + skills]; the first of a member is the general one, and 1. */
  readonly factors: Float32Array;
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

/** Abilities of a model: for every member the general one and the skills. */
export function factorsOf(shape: NetworkShape): number {
  return shape.members * (1 + shape.skills);
}

/**
 * Writes the network's input. Features that say nothing of this request become 0, what they are on average.
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
  const count = informativeCount(dense);
  for (let i = 0; i < count; i++) {
    const value = (at(dense, i) - at(tables.denseMean, i)) * at(tables.denseScale, i);
    input[offset + i] = Math.max(-DENSE_LIMIT, Math.min(DENSE_LIMIT, value));
  }
  input.fill(0, offset + count);
}

/**
 * Runs the members of a trained network. Holds scratch memory, so a result lasts until the next call, and
 * a copy of the large tables: changes to them are not seen.
 *
 * What the members say counts as much as the prompt is close to some that were graded. Far from all of
 * them no skill counts but the general ability, and difficulty is what carries over.
 */
export class FactorNetwork {
  readonly shape: NetworkShape;
  readonly tables: NetworkTables;
  /** All that multiplies the input: hidden units of the members, difficulty, length. */
  readonly #matrix: DenseMatrix;
  /** What multiplies the hidden units of each member. */
  readonly #heads: readonly DenseMatrix[];
  readonly #activations: Float32Array;
  readonly #demand: PromptDemand;

  constructor(shape: NetworkShape, tables: NetworkTables) {
    const { hiddenWeights, transferWeights, lengthWeights } = tables;
    this.shape = shape;
    this.tables = tables;
    const parts = [hiddenWeights, transferWeights, lengthWeights];
    const stacked = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    parts.reduce((offset, part) => (stacked.set(part, offset), offset + part.length), 0);
    this.#matrix = new DenseMatrix(stacked, inputsOf(shape));
    const headSize = (shape.skills + EXTRA_OUTPUTS) * shape.hidden;
    this.#heads = Array.from(
      { length: shape.members },
      (_, member) =>
        new DenseMatrix(
          tables.headWeights.subarray(member * headSize, (member + 1) * headSize),
          shape.hidden,
        ),
    );
    this.#activations = new Float32Array(shape.hidden);
    this.#demand = {
      factors: new Float32Array(factorsOf(shape)),
      difficulty: new Float32Array(shape.members),
      logTokens: 0,
    };
  }

  /**
   * @param input - shape [inputs], as `writeDense` left it
   * @param closeness - how near the prompt is to graded ones, 0 to 1
   */
  run(input: Float32Array, closeness: number): PromptDemand {
    const { members, hidden } = this.shape;
    const demand = this.#demand;
    const products = this.#matrix.times(input);
    const units = members * hidden;
    demand.logTokens = at(products, units + 1);
    this.#heads.forEach((head, member) => {
      const outputs = this.#runHead(head, products.subarray(member * hidden, units), member);
      this.#writeDemand(outputs, member, { transfer: at(products, units), closeness });
    });
    return demand;
  }

  /**
   * @param products - of the member's hidden units, and more
   * @returns without the bias of the head, shape [skills + 2]
   */
  #runHead(head: DenseMatrix, products: Float32Array, member: number): Float32Array {
    const { hidden } = this.shape;
    const { hiddenBias } = this.tables;
    const activations = this.#activations;
    for (let h = 0; h < hidden; h++) {
      const sum = at(hiddenBias, member * hidden + h) + at(products, h);
      activations[h] = sum > 0 ? sum : 0;
    }
    return head.times(activations);
  }

  #writeDemand(
    outputs: Float32Array,
    member: number,
    { transfer, closeness }: { readonly transfer: number; readonly closeness: number },
  ): void {
    const { skills, members } = this.shape;
    const { headBias, usualDifficulty } = this.tables;
    const demand = this.#demand;
    const { factors } = demand;
    const first = member * (1 + skills);
    const firstRow = member * (skills + EXTRA_OUTPUTS);
    const outputOf = (output: number): number =>
      at(headBias, firstRow + output) + at(outputs, output);
    factors[first] = 1;
    for (let k = 0; k < skills; k++) factors[first + 1 + k] = closeness * outputOf(k);
    const usual = at(usualDifficulty, member);
    demand.difficulty[member] = transfer + usual + closeness * (outputOf(skills) - usual);
    demand.logTokens += outputOf(skills + 1) / members;
  }
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
