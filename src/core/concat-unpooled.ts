/**
 * Concatenates buffers into memory of its own, for data that is kept for long.
 *
 * Node allocates small buffers from a shared 8 KiB pool; keeping one of them keeps the whole pool.
 */
export function concatUnpooled(parts: readonly Buffer[]): Buffer {
  const own = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0));
  parts.reduce((at, part) => at + part.copy(own, at), 0);
  return own;
}
