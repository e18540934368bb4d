/**
 * An element that is known to exist.
 *
 * Reading typed arrays by index gives `undefined` to the compiler's mind; saying so in one place keeps
 * the arithmetic readable.
 */
export function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN;
}
