import { bedrock } from '../../../src/dialects/bedrock/bedrock.js';

const read = (status: number, body: unknown) =>
  bedrock.readError(
    status,
    Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    undefined,
  );

describe('Bedrock error', () => {
  test.each([
    [400, { message: 'The model is unknown.' }, 'upstream_rejected', 400],
    [
      403,
      { message: 'The security token included in the request is expired' },
      'upstream_auth_failed',
      502,
    ],
    [403, { Message: 'Signature does not match' }, 'upstream_auth_failed', 502],
    [404, { message: 'No such model' }, 'upstream_rejected', 404],
    [424, { message: 'The model failed' }, 'upstream_failed', 502],
    [429, { message: 'Too many tokens' }, 'upstream_rate_limited', 429],
    [503, '<html><title>Down</title></html>', 'upstream_failed', 502],
  ])('with status %i becomes a gateway error: %j', (status, body, code, ours) => {
    expect(read(status, body)).toMatchObject({ code, status: ours });
  });

  test('has the code context_length_exceeded for a prompt that is too long', () => {
    const error = read(400, { message: 'Input is too long for requested model.' });

    expect(error.upstreamCode).toBe('context_length_exceeded');
  });
});
