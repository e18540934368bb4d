import { GatewayError } from '../../core/errors.js';

/** Converts anything thrown while an answer is read: a `GatewayError` as it is, anything else to `upstream_failed`. */
export function toReadError(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  // `JSON.parse` has no depth limit, `JSON.stringify` has one.
  if (thrown instanceof RangeError) {
    return new GatewayError('upstream_failed', 'The provider sent an answer nested too deeply.', {
      cause: thrown,
    });
  }
  return new GatewayError('upstream_failed', 'The provider sent an answer that cannot be read.', {
    cause: thrown,
  });
}
