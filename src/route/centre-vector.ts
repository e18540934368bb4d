/**
 * Subtracts the mean vector of an encoder from a vector and scales the result to unit length.
 *
 * Vectors of transformers lie in a narrow cone: the cosine of any two texts is high, and similarity thresholds that suit one encoder
 * do not suit the next. Centred vectors point in all directions.
 *
 * @param centre - mean of the vectors of usual prompts, of the same length
 * @param out - may be `vector` itself
 * @returns `out`; all zeros for the centre itself
 */
export function centreVector(
  vector: Float32Array,
  centre: Float32Array,
  out: Float32Array,
): Float32Array {
  let square = 0;
  for (let i = 0; i < centre.length; i++) {
    const value = (vector[i] ?? 0) - (centre[i] ?? 0);
    out[i] = value;
    square += value * value;
  }
  if (square === 0) return out;
  const scale = 1 / Math.sqrt(square);
  for (let i = 0; i < centre.length; i++) out[i] = (out[i] ?? 0) * scale;
  return out;
}
