import type { LeftOver } from './alignment.js';
import type { KnownWord } from './word-table.js';

/**
 * Numbers that a left-over word is weighed by. Only likeness is taken of meanings, never their single numbers: those of two
 * embedders have nothing to do with each other, and the weights are learned with others than the one that ships.
 */
export const DIFFERENCE_INPUTS = 10;

/** What a left-over word is compared with: what stands in its place, or else what is nearest. */
function counterpart({ instead, nearest }: LeftOver): KnownWord | null {
  return instead ?? nearest;
}

/**
 * Lays out a left-over word and what the other text has in its place for a weighted sum.
 *
 * @param inputs - shape [DIFFERENCE_INPUTS], overwritten
 */
export function writeDifference(inputs: Float32Array, left: LeftOver): void {
  const other = counterpart(left);
  inputs[0] = left.word.rarity;
  inputs[1] = other?.rarity ?? 0;
  inputs[2] = left.covered;
  inputs[3] = left.covered * left.word.rarity;
  inputs[4] = Number(left.instead !== null);
  inputs[5] = Number(other === null);
  inputs[6] = Number(other?.stem === left.word.stem);
  inputs[7] = left.relation.synonym;
  inputs[8] = left.relation.areSisters ? left.word.rarity : 0;
  inputs[9] = left.relation.isKind ? left.word.rarity : 0;
}

/**
 * Tells from a word that only one of two texts has, and from what the other has instead, whether
 * that makes them ask for different things: `nitrogen` for `calcium` does, `cheapest` for `lowest` does not.
 */
export class DifferenceWeights {
  readonly #weights: Float32Array;
  readonly #inputs: Float32Array;

  /** @param weights - shape [DIFFERENCE_INPUTS] */
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
