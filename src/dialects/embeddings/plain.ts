import { GatewayError } from '../../core/errors.js';
import { invalid } from '../request-check.js';
import type { EmbeddingRequest } from './embedding.js';

/**
 * The texts of all inputs, for providers that read no token ids.
 *
 * @throws {GatewayError} `invalid_request` for token ids
 */
export function textsOf({ inputs, from = 0 }: EmbeddingRequest): readonly string[] {
  return inputs.map((input, i) => {
    if (typeof input === 'string') return input;
    const why = 'is token ids, which this model does not read; send the text';
    throw invalid(`input[${from + i}]`, why);
  });
}

/** @throws {GatewayError} `upstream_failed` for anything but a list of numbers */
export function numbersIn(values: unknown): readonly number[] {
  if (Array.isArray(values) && values.every((value) => typeof value === 'number')) return values;
  throw new GatewayError('upstream_failed', 'The provider sent a vector that is not numbers.');
}
