import type { LeftOver } from './alignment.js';
import type { KnownWord } from './word-table.js';

/** What is told of a left-over word beside meanings. */
const FACTS = 7;

/** Numbers that a left-over word is weighed by: difference, product, the word itself, and facts. */
export function differenceInputs(meaning: number): number {
  return 3 * meaning + FACTS;
}

const NOTHING = new Float32Array(0);

/** What a left-over word is compared with: what stands in its place, or else what is nearest. */
function counterpart({ instead, nearest }: LeftOver): KnownWord | null {
  return instead ?? nearest;
}

/**
 * Lays out a left-over word and what the other text has in its place for a weighted sum.
 *
 * @param inputs - shape [differenceInputs(meaning)], overwritten
 */
export function writeDifference(inputs: Float32Array, left: LeftOver): void {
  const other = counterpart(left);
  const { meaning } = left.word;
  const size = meaning.length;
  const others = other?.meaning ?? NOTHING;
  for (let i = 0; i < size; i++) {
    const x = meaning[i] ?? 0;
    const y = others[i] ?? 0;
    // Of two unit vectors of this many numbers: scaled so that each is about 1.
    inputs[i] = 8 * Math.abs(x - y);
    inputs[size + i] = 64 * x * y;
    inputs[2 * size + i] = 8 * x;
  }
  let at = 3 * size;
  inputs[at++] = left.word.rarity;
  inputs[at++] = other?.rarity ?? 0;
  inputs[at++] = left.covered;
  inputs[at++] = left.covered * left.word.rarity;
  inputs[at++] = Number(left.instead !== null);
  inputs[at++] = Number(other === null);
  inputs[at++] = Number(other?.stem === left.word.stem);
}

/**
 * Tells from a word that only one of two texts has, and from what the other has instead, whether
 * that makes them ask for different things: `nitrogen` for `calcium` does, `cheapest` for `lowest` does not.
 */
export class DifferenceWeights {
  readonly #weights: Float32Array;
  readonly #inputs: Float32Array;

  /** @param weights - shape [differenceInputs(meaning)] */
  constructor(weights: Float32Array) {
    this.#weights = weights;
    this.#inputs = new Float32Array(weights.length);
  }

  /** @returns log odds that this word adds: below 0, the texts differ in what they ask */
  weigh(left: LeftOver): number {
    const [inputs, weights] = [this.#inputs, this.#weights];
    writeDifference(inputs, left);
    let sum = 0;
    for (let i = 0; i < inputs.length; i++) sum += (inputs[i] ?? 0) * (weights[i] ?? 0);
    return sum;
  }
}
