import { anthropic } from '../../../src/dialects/anthropic/anthropic.js';
import { GatewayError } from '../../../src/core/errors.js';

describe('Anthropic error', () => {
  test.each([
    ['invalid_request_error', new GatewayError('invalid_request', 'no')],
    ['authentication_error', new GatewayError('invalid_api_key', 'no')],
    ['not_found_error', new GatewayError('model_not_found', 'no')],
    ['invalid_request_error', new GatewayError('no_candidate', 'no')],
    ['rate_limit_error', new GatewayError('upstream_rate_limited', 'no')],
    ['overloaded_error', new GatewayError('upstream_failed', 'no', { status: 503 })],
    ['api_error', new GatewayError('upstream_failed', 'no')],
    ['timeout_error', new GatewayError('upstream_timeout', 'no')],
    [
      'permission_error',
      new GatewayError('upstream_rejected', 'no', {
        upstreamType: 'permission_error',
        status: 400,
      }),
    ],
  ])('is written with the type %s (case %#)', (type, error) => {
    expect(JSON.parse(anthropic.writeError(error))).toEqual({
      type: 'error',
      error: { type, message: 'no' },
    });
  });

  test('is read with code, status and retry delay', () => {
    const body = (type: string) =>
      Buffer.from(JSON.stringify({ type: 'error', error: { type, message: 'no' } }));

    expect(anthropic.readError(529, body('overloaded_error'), '7')).toMatchObject({
      code: 'upstream_rate_limited',
      status: 529,
      retryAfterS: 7,
    });
    expect(anthropic.readError(400, body('invalid_request_error'), undefined)).toMatchObject({
      code: 'upstream_rejected',
      upstreamType: 'invalid_request_error',
    });
  });
});
