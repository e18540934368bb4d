import type {
  WordNetworkShape,
  WordNetworkTables,
} from '../../../../src/cache/verify/word-network.js';
import { at } from '../../../../src/route/factor-network.js';
import { EXTRAS } from './comparison.js';
import type { NetworkSize } from './batch.js';
import type { NetworkWeights } from './model.js';

/** A network as an artefact holds it. */
export interface TrainedNetwork {
  readonly shape: WordNetworkShape;
  readonly tables: WordNetworkTables;
}

const LARGEST_BYTE = 127;

/** Converts the weights of a `NetworkModel` to the layout of a `WordNetwork`. */
export function packNetwork(
  { dims, hidden }: NetworkSize,
  hashes: Uint32Array,
  weights: NetworkWeights,
): TrainedNetwork {
  const { vectors, scales } = inBytes(weights.vectors, dims);
  return {
    shape: { words: hashes.length, dims, hidden },
    tables: {
      ...weights,
      hashes,
      vectors,
      scales,
      context: turned(weights.context, { inputs: dims, outputs: 3 * dims }),
      compare: turned(weights.compare, { inputs: 2 * dims + EXTRAS, outputs: hidden }),
      inner: turned(weights.inner, { inputs: hidden, outputs: hidden }),
      outer: turned(weights.outer, { inputs: 3 * hidden, outputs: hidden }),
    },
  };
}

/** The transpose: from one row per input to one row per output; padding inputs are dropped. */
function turned(
  weights: Float32Array,
  { inputs, outputs }: { readonly inputs: number; readonly outputs: number },
): Float32Array {
  const rows = new Float32Array(inputs * outputs);
  for (let input = 0; input < inputs; input++) {
    for (let output = 0; output < outputs; output++) {
      rows[output * inputs + input] = at(weights, input * outputs + output);
    }
  }
  return rows;
}

/** Quantises to 8 bits, each row scaled by its largest number. */
function inBytes(
  values: Float32Array,
  dims: number,
): { readonly vectors: Int8Array; readonly scales: Float32Array } {
  const vectors = new Int8Array(values.length);
  const scales = new Float32Array(values.length / dims);
  for (let row = 0; row < scales.length; row++) {
    const own = values.subarray(row * dims, (row + 1) * dims);
    const scale = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / LARGEST_BYTE;
    scales[row] = scale;
    if (scale === 0) continue;
    own.forEach((value, k) => (vectors[row * dims + k] = Math.round(value / scale)));
  }
  return { vectors, scales };
}
