/**
 * Bytes one after another, in memory of their own: for what is held for long.
 *
 * A small buffer of Node's is a view of 8 KiB that it shares with whatever else was made then, and keeps all of it.
 */
export function ownBytes(parts: readonly Buffer[]): Buffer {
  const own = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => at + part.copy(own, at), 0);
  return own;
}
