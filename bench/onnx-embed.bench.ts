// The same static embedding (gather, weighted sum, unit length) in WebAssembly and as an ONNX graph
// in onnxruntime. Run: npx tsx bench/onnx-embed.bench.ts
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Random } from '../models/train/random.js';
import { RowSums } from '../src/embed/row-sums.js';
import { embeddingGraph } from './onnx-graph.js';

const ROWS = 30_000;
const DIMS = 256;
const LENGTHS = [16, 64, 256, 1024];
const CALLS = 1500;
const MAX_DIFFERENCE = 1e-3;

const random = new Random(1);
const table = Int8Array.from({ length: ROWS * DIMS }, () => random.below(255) - 127);
const scales = Float32Array.from({ length: ROWS }, () => 0.001 + random.next() / 100);

const sums = new RowSums(
  { rows: ROWS, signDims: 32, signSeed: 1, tableDims: DIMS, table },
  Math.max(...LENGTHS),
);

/** The sum of scaled rows, normalised to unit length, as in `StaticEmbedder`. */
function embed(ids: Int32Array, out: Float32Array): void {
  for (let k = 0; k < ids.length; k++) {
    const row = ids[k] ?? 0;
    sums.rows[k] = row;
    sums.weights[k] = scales[row] ?? 0;
  }
  sums.sumTable(ids.length, out, 0);
  let square = 0;
  for (const value of out) square += value * value;
  const factor = 1 / Math.sqrt(square);
  for (let i = 0; i < DIMS; i++) out[i] = (out[i] ?? 0) * factor;
}

function distance(answer: Tensor | undefined, vector: Float32Array): number {
  const values = answer?.data as Float32Array;
  return values.reduce((most, value, i) => Math.max(most, Math.abs(value - (vector[i] ?? 0))), 0);
}

function median(values: number[]): number {
  return values.sort((x, y) => x - y)[values.length >> 1] ?? Number.NaN;
}

const floats = Float32Array.from(table, (value, i) => value * (scales[Math.floor(i / DIMS)] ?? 0));
const session = await InferenceSession.create(embeddingGraph(floats, ROWS, DIMS), {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
});
const out = new Float32Array(DIMS);

const results = [];
for (const length of LENGTHS) {
  const ids = Int32Array.from({ length }, () => random.below(ROWS));
  const feed = { ids: new Tensor('int32', ids, [length]) };
  const ours: number[] = [];
  const theirs: number[] = [];
  let difference = 0;
  // Alternating calls, so that other load on the machine affects both equally.
  for (let call = 0; call < CALLS; call++) {
    const start = performance.now();
    embed(ids, out);
    const middle = performance.now();
    const answer = await session.run(feed);
    const end = performance.now();
    ours.push((middle - start) * 1000);
    theirs.push((end - middle) * 1000);
    if (call % 100 === 0) difference = Math.max(difference, distance(answer['embedding'], out));
  }
  if (difference > MAX_DIFFERENCE) throw new Error(`${length} tokens: differ by ${difference}`);
  results.push({
    tokens: length,
    'WebAssembly, int8, µs': Number(median(ours).toFixed(1)),
    'onnxruntime, float32, µs': Number(median(theirs).toFixed(1)),
    'largest difference': Number(difference.toExponential(1)),
  });
}
console.table(results);
