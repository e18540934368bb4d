import type { Vector } from './embedding.js';

const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** A vector as little-endian 32-bit floats in base64; a base64 vector stays as it is. */
export function asBase64(vector: Vector): string {
  if (typeof vector === 'string') return vector;
  const bytes = Buffer.alloc(vector.length * BYTES);
  vector.forEach((value, i) => bytes.writeFloatLE(value, i * BYTES));
  return bytes.toString('base64');
}

/** A vector as numbers; a base64 vector has the precision of 32-bit floats. */
export function asNumbers(vector: Vector): readonly number[] {
  if (typeof vector !== 'string') return vector;
  const bytes = Buffer.from(vector, 'base64');
  const length = Math.floor(bytes.length / BYTES);
  return Array.from({ length }, (_, i) => bytes.readFloatLE(i * BYTES));
}
