import { DenseMatrix } from '../embed/dense-matrix.js';
import type { TextRows } from '../embed/static-embedder.js';
import { informativeCount } from './dense-features.js';

/** Sizes of the network and of its input. */
export interface NetworkShape {
  /** Numbers of a sentence vector. */
  readonly embedding: number;
  /** Numbers of `Features.dense`. */
  readonly dense: number;
  readonly hidden: number;
  /** Number of skills, in addition to the general ability. */
  readonly skills: number;
  /** Networks trained in the same way from different seeds: their mean is the prediction, their spread its uncertainty. */
  readonly members: number;
}

/** Trained weights; member after member, row after row. */
export interface NetworkTables {
  /** The mean of each dense feature, which is subtracted; shape [dense]. */
  readonly denseMean: Float32Array;
  /** The factor of each dense feature, shape [dense]. */
  readonly denseScale: Float32Array;
  /** Weights of the part of difficulty that transfers to unseen kinds of prompts, shape [inputs]. */
  readonly transferWeights: Float32Array;
  /** Weights from the input directly to the length, shape [inputs]. */
  readonly lengthWeights: Float32Array;
  /** Shape [members, hidden, inputs]. */
  readonly hiddenWeights: Float32Array;
  /** Shape [members, hidden]. */
  readonly hiddenBias: Float32Array;
  /** Shape [members, skills + 2, hidden]: skills, difficulty, length. */
  readonly headWeights: Float32Array;
  /** Shape [members, skills + 2]. */
  readonly headBias: Float32Array;
  /** The head's mean difficulty of graded prompts, in addition to the transferable part; shape [members]. */
  readonly usualDifficulty: Float32Array;
  /** Weights of the difficulty of prompts in other languages than English, and its intercept; shape [inputs + 1]. */
  readonly foreignWeights: Float32Array;
  /** Difficulty of the words of such prompts, for each row of the embedding table; empty if unknown. */
  readonly foreignRows: Float32Array;
}

/** How far a prompt is in another language than English. */
export interface ForeignText {
  /** 0 to 1; see `foreignDegree`. */
  readonly degree: number;
  /** `null` if its words are unknown. */
  readonly words: TextRows | null;
}

/** A prompt in English. */
export const IN_ENGLISH: ForeignText = { degree: 0, words: null };

/** Foreign weights for networks that learned nothing about other languages: the transferable difficulty and its usual rest. */
export function usualForeignWeights({
  transferWeights,
  usualDifficulty,
}: Pick<NetworkTables, 'transferWeights' | 'usualDifficulty'>): Float32Array {
  const usual = usualDifficulty.reduce((sum, value) => sum + value, 0) / usualDifficulty.length;
  return Float32Array.from([...transferWeights, usual]);
}

/** The demands of a prompt, as estimated by every member. Reused by the next call. */
export interface PromptDemand {
  /** The weight of each ability, shape [members, 1 + skills]; a member's first is that of the general ability, which is 1. */
  readonly factors: Float32Array;
  /** Log-odds that are subtracted for every model, shape [members]. */
  readonly difficulty: Float32Array;
  /** Natural logarithm of the number of output tokens, for a model of average verbosity. */
  logTokens: number;
}

/** Standardised dense features are clamped to ± this, so that an unusual prompt causes no extreme predictions. */
const DENSE_LIMIT = 4;
/** Outputs of the head in addition to the skills: difficulty and length. */
export const EXTRA_OUTPUTS = 2;

/** Number of inputs of the network. */
export function inputsOf(shape: NetworkShape): number {
  return shape.embedding + shape.dense;
}

/** Number of a model's abilities: the general one and the skills, for every member. */
export function factorsOf(shape: NetworkShape): number {
  return shape.members * (1 + shape.skills);
}

/**
 * Writes the network's input. Features that carry no information about this request become 0, the mean.
 *
 * @param dense - raw dense features, shape [shape.dense]
 * @param input - shape [inputs]; its first `shape.embedding` numbers must already be the sentence vector
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
 * Runs the members of a trained network. Holds scratch memory, so a result is valid until the next call, and
 * a copy of the large tables, so later changes to them have no effect.
 *
 * The members' outputs are weighted by how close the prompt is to graded ones. Far from all of them, only the
 * general ability counts, and difficulty is the transferable part alone. In other languages than English, in which
 * hardly any prompt was graded, difficulty has weights of its own.
 */
export class FactorNetwork {
  readonly shape: NetworkShape;
  readonly tables: NetworkTables;
  /** All weights that multiply the input: hidden units of the members, difficulty, length, difficulty in other languages. */
  readonly #matrix: DenseMatrix;
  /** The weights of the hidden units of each member. */
  readonly #heads: readonly DenseMatrix[];
  readonly #activations: Float32Array;
  readonly #demand: PromptDemand;

  constructor(shape: NetworkShape, tables: NetworkTables) {
    const { hiddenWeights, transferWeights, lengthWeights, foreignWeights } = tables;
    this.shape = shape;
    this.tables = tables;
    const foreign = foreignWeights.subarray(0, inputsOf(shape));
    const parts = [hiddenWeights, transferWeights, lengthWeights, foreign];
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
   * @param input - shape [inputs], as written by `writeDense`
   * @param closeness - how near the prompt is to graded ones, 0 to 1
   */
  run(input: Float32Array, closeness: number, foreign: ForeignText = IN_ENGLISH): PromptDemand {
    const { members, hidden } = this.shape;
    const demand = this.#demand;
    const products = this.#matrix.times(input);
    const units = members * hidden;
    const inEnglish = { transfer: at(products, units), closeness };
    const inOthers = at(products, units + 2) + this.#foreignOffset(foreign);
    demand.logTokens = at(products, units + 1);
    this.#heads.forEach((head, member) => {
      const outputs = this.#runHead(head, products.subarray(member * hidden, units), member);
      this.#writeDemand(outputs, member, inEnglish);
      const difficulty = at(demand.difficulty, member);
      demand.difficulty[member] = difficulty + foreign.degree * (inOthers - difficulty);
    });
    return demand;
  }

  /** The part of difficulty in other languages that is not a product with the input. */
  #foreignOffset({ words }: ForeignText): number {
    const { foreignWeights, foreignRows } = this.tables;
    let sum = at(foreignWeights, foreignWeights.length - 1);
    words?.rows.forEach((row, i) => (sum += at(words.weights, i) * at(foreignRows, row)));
    return sum;
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
  // Four accumulators: with one, every addition would wait for the one before it.
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

/** An element that is known to exist. */
export function at(values: Float32Array, index: number): number {
  return values[index] ?? 0;
}
