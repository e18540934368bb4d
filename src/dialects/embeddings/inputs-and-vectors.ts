import { GatewayError } from '../../core/errors.js';
import { invalid } from '../request-check.js';
import type { EmbeddingRequest, Embeddings } from './embedding.js';

/**
 * The texts of all inputs, for providers that accept no token ids.
 *
 * @throws {GatewayError} `invalid_request` for token ids
 */
export function textsOf({ inputs, firstIndex = 0 }: EmbeddingRequest): readonly string[] {
  return inputs.map((input, i) => {
    if (typeof input === 'string') return input;
    const why = 'consists of token ids, which this model does not accept; send text';
    throw invalid(`input[${firstIndex + i}]`, why);
  });
}

/** @throws {GatewayError} `upstream_failed` for anything but an array of numbers */
export function numbersIn(values: unknown): readonly number[] {
  if (Array.isArray(values) && values.every((value) => typeof value === 'number')) return values;
  throw new GatewayError(
    'upstream_failed',
    'The provider sent a vector that does not consist of numbers.',
  );
}

/** @throws {GatewayError} `upstream_failed` unless there are as many vectors as inputs */
export function requireVectorPerInput({ vectors }: Embeddings, { inputs }: EmbeddingRequest): void {
  if (vectors.length === inputs.length) return;
  const message = `The provider sent ${counted(vectors.length, 'vector')} for ${counted(inputs.length, 'input')}.`;
  throw new GatewayError('upstream_failed', message);
}

function counted(count: number, what: string): string {
  return count === 1 ? `1 ${what}` : `${count} ${what}s`;
}
