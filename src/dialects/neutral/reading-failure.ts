import { GatewayError } from '../../core/errors.js';

/** What went wrong while an answer was read: what the provider said, or that it made no sense. */
export function readingFailure(thrown: unknown): GatewayError {
  if (thrown instanceof GatewayError) return thrown;
  // Reading nested values has no limit of depth, writing them has.
  if (thrown instanceof RangeError) {
    return new GatewayError('upstream_failed', 'The provider sent an answer nested too deeply.', {
      cause: thrown,
    });
  }
  return new GatewayError('upstream_failed', 'The provider sent an answer that cannot be read.', {
    cause: thrown,
  });
}
