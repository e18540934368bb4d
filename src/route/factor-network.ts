import { DenseMatrix } from '../embed/dense-matrix.js';

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
  /** Kinds of prompts that closeness is measured to. */
  readonly kinds: number;
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
  /**
   * Centres of the graded prompts, shape [kinds, inputs]: unit vectors of `kindInput`, their dense numbers
   * times `KIND_DENSE_SHARE` once more, so that they multiply the plain input.
   */
  readonly kindCentres: Float32Array;
}

/** What a prompt asks for, by every member. Reused by the next call. */
export interface PromptDemand {
  /** How much each ability matters, shape [members, 1 + skills]; the first of a member is the general one, and 1. */
  readonly factors: Float32Array;
  /** Log-odds taken from every model, shape [members]. */
  readonly difficulty: Float32Array;
  /** Natural logarithm of the answer's tokens, for a model of average verbosity. */
  logTokens: number;
  /** 0 for a prompt unlike all that were graded, 1 for one of a kind that was. */
  closeness: number;
  /** The kind it is nearest to. */
  kind: number;
  /** How surely it is of that kind rather than of none, 0 to 1: a looser measure than `closeness`. */
  kinship: number;
}

/** Standardised dense features are cut off here: an odd prompt must not run the network off its rails. */
const DENSE_LIMIT = 4;
/** How much dense features count beside the sentence vector when prompts are compared. */
const KIND_DENSE_SHARE = 0.25;
/** Cosines to the nearest kind from which closeness rises from 0 and has reached 1; chosen by leaving sets out of training. */
const FAR_COSINE = 0.6;
const CLOSE_COSINE = 0.9;
/** As above, for kinship: most prompts of a set left out lie below, and most of the sets that were graded above. */
const STRANGE_COSINE = 0.4;
const KIN_COSINE = 0.6;

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

/** The input as prompts are compared by it: of length 1, dense features counting less. */
export function kindInput(input: Float32Array, embedding: number): Float32Array {
  const length = Math.max(1e-6, lengthOf(input, embedding));
  return input.map((value, i) => (i < embedding ? value : KIND_DENSE_SHARE * value) / length);
}

/** Makes `NetworkTables.kindCentres` of unit vectors of `kindInput`, in place. */
export function toKindCentres(centres: Float32Array, inputs: number, embedding: number): void {
  for (let i = 0; i < centres.length; i++) {
    if (i % inputs >= embedding) centres[i] = KIND_DENSE_SHARE * at(centres, i);
  }
}

function lengthOf(input: Float32Array, embedding: number): number {
  let vector = 0;
  let dense = 0;
  for (let i = 0; i < embedding; i++) vector += at(input, i) ** 2;
  for (let i = embedding; i < input.length; i++) dense += at(input, i) ** 2;
  return Math.sqrt(vector + KIND_DENSE_SHARE ** 2 * dense);
}

/**
 * Runs the members of a trained network. Holds scratch memory, so a result lasts until the next call, and
 * a copy of the large tables: changes to them are not seen.
 *
 * What the members say counts as much as the prompt is close to a kind that was graded. Far from all of
 * them no skill counts but the general ability, and difficulty is what carries over.
 */
export class FactorNetwork {
  readonly shape: NetworkShape;
  readonly tables: NetworkTables;
  /** All that multiplies the input: hidden units of the members, kinds, difficulty, length. */
  readonly #matrix: DenseMatrix;
  readonly #activations: Float32Array;
  readonly #demand: PromptDemand;

  constructor(shape: NetworkShape, tables: NetworkTables) {
    const { hiddenWeights, kindCentres, transferWeights, lengthWeights } = tables;
    this.shape = shape;
    this.tables = tables;
    const parts = [hiddenWeights, kindCentres, transferWeights, lengthWeights];
    const stacked = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
    parts.reduce((offset, part) => (stacked.set(part, offset), offset + part.length), 0);
    this.#matrix = new DenseMatrix(stacked, inputsOf(shape));
    this.#activations = new Float32Array(shape.hidden);
    this.#demand = {
      factors: new Float32Array(factorsOf(shape)),
      difficulty: new Float32Array(shape.members),
      logTokens: 0,
      closeness: 0,
      kind: 0,
      kinship: 0,
    };
  }

  /** @param input - shape [inputs], as `writeDense` left it */
  run(input: Float32Array): PromptDemand {
    const { members, hidden, kinds, embedding } = this.shape;
    const demand = this.#demand;
    const products = this.#matrix.times(input);
    const firstKind = members * hidden;
    let nearest = firstKind;
    for (let k = firstKind + 1; k < firstKind + kinds; k++) {
      if (at(products, k) > at(products, nearest)) nearest = k;
    }
    const cosine = at(products, nearest) / Math.max(1e-6, lengthOf(input, embedding));
    demand.kind = nearest - firstKind;
    demand.kinship = shareOfWay(cosine, STRANGE_COSINE, KIN_COSINE);
    demand.closeness = shareOfWay(cosine, FAR_COSINE, CLOSE_COSINE);
    demand.logTokens = at(products, firstKind + kinds + 1);
    for (let member = 0; member < members; member++) {
      this.#runHead(member, products, at(products, firstKind + kinds));
    }
    return demand;
  }

  /** @param products - those of the hidden units come first, member after member */
  #runHead(member: number, products: Float32Array, transfer: number): void {
    const { hidden, skills, members } = this.shape;
    const { hiddenBias, headWeights, headBias, usualDifficulty } = this.tables;
    const activations = this.#activations;
    for (let h = 0; h < hidden; h++) {
      const sum = at(hiddenBias, member * hidden + h) + at(products, member * hidden + h);
      activations[h] = sum > 0 ? sum : 0;
    }
    const demand = this.#demand;
    const { factors, closeness } = demand;
    const first = member * (1 + skills);
    const firstRow = member * (skills + EXTRA_OUTPUTS);
    const head = (output: number): number => {
      const row = firstRow + output;
      return at(headBias, row) + dot(headWeights, row * hidden, activations);
    };
    factors[first] = 1;
    for (let k = 0; k < skills; k++) {
      factors[first + 1 + k] = closeness === 0 ? 0 : closeness * head(k);
    }
    const usual = at(usualDifficulty, member);
    const own = closeness === 0 ? 0 : closeness * (head(skills) - usual);
    demand.difficulty[member] = transfer + usual + own;
    demand.logTokens += head(skills + 1) / members;
  }
}

/** How far from `from` to `to` a value has come, 0 to 1. */
function shareOfWay(value: number, from: number, to: number): number {
  return Math.max(0, Math.min(1, (value - from) / (to - from)));
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
