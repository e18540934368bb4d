import { GatewayError } from '../../../src/core/errors.js';
import { openai } from '../../../src/dialects/openai/openai.js';

describe('OpenAI error', () => {
  test.each([
    {
      error: new GatewayError('invalid_request', 'm', { param: 'n' }),
      type: 'invalid_request_error',
      code: 'invalid_request',
      param: 'n',
    },
    {
      error: new GatewayError('invalid_api_key', 'm'),
      type: 'authentication_error',
      code: 'invalid_api_key',
      param: null,
    },
    {
      error: new GatewayError('upstream_rate_limited', 'm'),
      type: 'rate_limit_error',
      code: 'upstream_rate_limited',
      param: null,
    },
    {
      error: new GatewayError('internal_error', 'm'),
      type: 'server_error',
      code: 'internal_error',
      param: null,
    },
    {
      error: new GatewayError('upstream_rejected', 'm', { upstreamCode: 'c', upstreamType: 't' }),
      type: 't',
      code: 'c',
      param: null,
    },
  ])('is written in OpenAI’s format: $type', ({ error, type, code, param }) => {
    expect(JSON.parse(openai.writeError(error))).toEqual({
      error: { message: 'm', type, param, code },
    });
  });

  test('is read with a retry delay relative to the system clock', () => {
    const error = openai.readError(
      429,
      Buffer.from('{"error":"x"}'),
      'Thu, 01 Jan 1970 00:00:00 GMT',
    );

    expect(error.retryAfterS).toBe(0);
  });
});
