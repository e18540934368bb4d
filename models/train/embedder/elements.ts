// Reading a typed array gives `number | undefined` to the type checker. Each of these reads one
// kind of array, so that the engine compiles it to a single load in the inner loops.

/** An element that is known to exist. */
export function numberAt(values: Float64Array, index: number): number {
  return values[index] ?? 0;
}

/** An element that is known to exist. */
export function floatAt(values: Float32Array, index: number): number {
  return values[index] ?? 0;
}

/** An element that is known to exist. */
export function indexAt(values: Int32Array, index: number): number {
  return values[index] ?? 0;
}

/** An element that is known to exist. */
export function columnAt(values: Uint16Array, index: number): number {
  return values[index] ?? 0;
}

/** An element that is known to exist. */
export function signAt(values: Int8Array, index: number): number {
  return values[index] ?? 0;
}
