/**
 * An element that is known to exist.
 *
 * The compiler types every index access as possibly `undefined`; handling that in one place keeps the
 * arithmetic readable.
 */
export function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN;
}
