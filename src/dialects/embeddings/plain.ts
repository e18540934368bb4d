import { GatewayError } from '../../core/errors.js';
import { invalid } from '../request-check.js';
import type { EmbeddingInput } from './embedding.js';

/**
 * The text of an input, for providers that read no token ids.
 *
 * @throws {GatewayError} `invalid_request` for token ids
 */
export function textOf(input: EmbeddingInput, i: number): string {
  if (typeof input === 'string') return input;
  throw invalid(`input[${i}]`, 'is token ids, which this model does not read; send the text');
}

/** @throws {GatewayError} `upstream_failed` for anything but a list of numbers */
export function numbersIn(values: unknown): readonly number[] {
  if (Array.isArray(values) && values.every((value) => typeof value === 'number')) return values;
  throw new GatewayError('upstream_failed', 'The provider sent a vector that is not numbers.');
}
