/** @returns the dot product; for two unit vectors, their cosine */
export function dot(a: Float32Array, b: Float32Array): number {
  // Four sums, so that an addition does not wait for the one before it. No calls and no array destructuring in the loop:
  // either would allocate heap numbers, two thirds of a look-up's garbage.
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  const last = a.length - (a.length % 4);
  for (let i = 0; i < last; i += 4) {
    first += (a[i] ?? 0) * (b[i] ?? 0);
    second += (a[i + 1] ?? 0) * (b[i + 1] ?? 0);
    third += (a[i + 2] ?? 0) * (b[i + 2] ?? 0);
    fourth += (a[i + 3] ?? 0) * (b[i + 3] ?? 0);
  }
  return first + second + (third + fourth) + (last < a.length ? dotFrom(last, a, b) : 0);
}

function dotFrom(from: number, a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = from; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
