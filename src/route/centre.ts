/**
 * Takes from a vector what all vectors of its encoder share, and scales the rest to unit length.
 *
 * Vectors of transformers lie in a narrow cone: any two texts look alike, and thresholds of likeness that suit one encoder
 * let everything through with the next. Seen from the middle of the cone they point in all directions again.
 *
 * @param centre - mean of the vectors of usual prompts, of the same length
 * @param out - may be `vector` itself
 * @returns `out`; all zeros for the centre itself
 */
export function centred(
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
