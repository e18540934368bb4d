import type { UnmatchedWord } from './alignment.js';
import type { KnownWord } from './word-table.js';

/**
 * Number of inputs that a left-over word is weighed by. Meanings enter only as similarities, never as vectors: the weights are
 * trained with other embedders than the one that ships, and the dimensions of two embedders are unrelated.
 */
export const DIFFERENCE_INPUTS = 10;

/** What a left-over word is compared with: the word in its place, or else the nearest one. */
function counterpart({ replacement, nearest }: UnmatchedWord): KnownWord | null {
  return replacement ?? nearest;
}

/**
 * Writes the inputs for a left-over word and its counterpart in the other text.
 *
 * @param inputs - shape [DIFFERENCE_INPUTS], overwritten
 */
export function writeDifference(inputs: Float32Array, left: UnmatchedWord): void {
  const other = counterpart(left);
  inputs[0] = left.word.rarity;
  inputs[1] = other?.rarity ?? 0;
  inputs[2] = left.similarity;
  inputs[3] = left.similarity * left.word.rarity;
  inputs[4] = Number(left.replacement !== null);
  inputs[5] = Number(other === null);
  inputs[6] = Number(other?.stem === left.word.stem);
  inputs[7] = left.relation.synonym;
  inputs[8] = left.relation.areSisters ? left.word.rarity : 0;
  inputs[9] = left.relation.isKind ? left.word.rarity : 0;
}

/**
 * Learned weights that tell whether a word that only one of two texts has makes them ask for different things, given what the
 * other text has instead: `nitrogen` for `calcium` does, `cheapest` for `lowest` does not.
 */
export class DifferenceWeights {
  readonly #weights: Float32Array;
  readonly #inputs: Float32Array;

  /** @param weights - shape [DIFFERENCE_INPUTS] */
  constructor(weights: Float32Array) {
    this.#weights = weights;
    this.#inputs = new Float32Array(weights.length);
  }

  /** @returns log odds that this word contributes; below 0, the texts ask for different things */
  logOdds(left: UnmatchedWord): number {
    const [inputs, weights] = [this.#inputs, this.#weights];
    writeDifference(inputs, left);
    let sum = 0;
    for (let i = 0; i < inputs.length; i++) sum += (inputs[i] ?? 0) * (weights[i] ?? 0);
    return sum;
  }
}
