import { GatewayError } from '../../../src/core/errors.js';
import { readError } from '../../../src/dialects/openai/error.js';
import { growthOf } from '../../support/growth.js';

const NOW_MS = Date.UTC(2026, 0, 1, 12, 0, 0);

function read(status: number, body: unknown, retryAfter?: string): GatewayError {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return readError({ status, body: bytes, retryAfter }, NOW_MS);
}

describe('OpenAI upstream error', () => {
  test.each([
    { status: 400, code: 'upstream_rejected', becomes: 400 },
    { status: 401, code: 'upstream_auth_failed', becomes: 502 },
    { status: 403, code: 'upstream_auth_failed', becomes: 502 },
    { status: 404, code: 'upstream_rejected', becomes: 404 },
    { status: 408, code: 'upstream_timeout', becomes: 504 },
    { status: 413, code: 'upstream_rejected', becomes: 413 },
    { status: 422, code: 'upstream_rejected', becomes: 422 },
    // The model failed, say Bedrock and text-generation-inference.
    { status: 424, code: 'upstream_failed', becomes: 502 },
    { status: 429, code: 'upstream_rate_limited', becomes: 429 },
    { status: 500, code: 'upstream_failed', becomes: 502 },
    { status: 503, code: 'upstream_failed', becomes: 502 },
    { status: 529, code: 'upstream_rate_limited', becomes: 529 },
    { status: 504, code: 'upstream_timeout', becomes: 504 },
    { status: 302, code: 'upstream_failed', becomes: 502 },
  ])('with status $status becomes $code', ({ status, code, becomes }) => {
    expect(read(status, '')).toMatchObject({ code, status: becomes });
    expect(read(status, '').message).not.toBe('');
  });

  test.each<[string, (length: number) => unknown]>([
    [
      'a retry delay without a unit',
      (length: number) => ({ error: { details: [{ retryDelay: '1'.repeat(length) + '!' }] } }),
    ],
    ['an HTML page of title tags', (length: number) => '<title '.repeat(length / 7)],
  ])('is read in linear time: %s', async (_, bodyOf) => {
    const sizes = { small: 3_000, large: 60_000 };

    const failure = read(429, bodyOf(sizes.large));

    expect(failure).toMatchObject({ code: 'upstream_rate_limited', retryAfterS: null });
    expect(await growthOf(bodyOf, (body) => read(429, body), sizes)).toBeLessThan(120);
  });

  test.each([
    { shape: 'OpenAI', body: { error: { message: 'boom', type: 't', param: 'p', code: 'c' } } },
    { shape: 'a string as error', body: { error: 'boom' } },
    { shape: 'xAI', body: { code: 'Some requested entity was not found', error: 'boom' } },
    { shape: 'Mistral', body: { object: 'error', message: 'boom', type: 't', code: 3000 } },
    { shape: 'a detail', body: { detail: 'boom' } },
    { shape: 'Mistral’s nested detail', body: { object: 'error', message: { detail: 'boom' } } },
    { shape: 'FastAPI', body: { detail: [{ loc: ['body', 'n'], msg: 'boom', type: 'x' }] } },
    { shape: 'Cohere', body: { id: 'x', message: 'boom' } },
    { shape: 'Anthropic', body: { type: 'error', error: { type: 't', message: 'boom' } } },
    {
      shape: 'Gemini',
      body: { error: { code: 400, message: 'boom', status: 'INVALID_ARGUMENT' } },
    },
    { shape: 'Gemini in an array', body: [{ error: { code: 400, message: 'boom' } }] },
    { shape: 'Bedrock', body: { message: 'boom' } },
    {
      shape: 'OpenRouter',
      body: {
        error: {
          message: 'Provider returned error',
          code: 400,
          metadata: { raw: '{"error":{"message":"boom"}}' },
        },
      },
    },
    { shape: 'Hugging Face', body: { error: ['boom'], error_type: 'validation' } },
    { shape: 'Writer', body: { tpe: 'BadRequest', errors: [{ description: 'boom', key: 'k' }] } },
    {
      shape: 'problem details',
      body: { type: 'urn:x', title: 'Bad', status: 400, detail: 'boom' },
    },
    { shape: 'problem details with a title only', body: { title: 'boom', status: 400 } },
    { shape: 'plain text', body: 'boom' },
    { shape: 'an HTML page', body: '<html><head><title> boom </title></head><h1>x</h1></html>' },
  ])('has its message read in the format: $shape', ({ body }) => {
    expect(read(400, body).message).toContain('boom');
  });

  test.each([
    { body: '<p>no title', says: 'a web page' },
    { body: '{}', says: 'status 400' },
    { body: '{"cut', says: '{"cut' },
    { body: 'a\n\n   b', says: 'a b' },
  ])('has a message in any case: $body', ({ body, says }) => {
    expect(read(400, body).message).toContain(says);
  });

  test('has a message of limited length', () => {
    expect(read(400, 'x'.repeat(60_000)).message.length).toBeLessThan(3000);
  });

  test('keeps the provider’s type, code and param', () => {
    const error = { message: 'm', type: 'invalid_request_error', param: 'n', code: 'bad_n' };

    expect(read(400, { error })).toMatchObject({
      upstreamType: 'invalid_request_error',
      upstreamCode: 'bad_n',
      param: 'n',
    });
  });

  test.each([
    { code: 400, status: 'INVALID_ARGUMENT', want: 'INVALID_ARGUMENT' },
    { code: '401', status: undefined, want: null },
    { code: 'DeploymentNotFound', status: undefined, want: 'DeploymentNotFound' },
  ])('keeps only textual codes: $want', ({ code, status, want }) => {
    expect(read(404, { error: { message: 'm', code, status } }).upstreamCode).toBe(want);
  });

  test.each([
    { body: { error: { message: 'Too long', code: 'context_length_exceeded' } } },
    { body: { error: { message: "This model's maximum context length is 8192 tokens." } } },
    { body: { type: 'error', error: { message: 'prompt is too long: 210000 tokens > 200000' } } },
    {
      body: { error: { message: 'The input token count (5) exceeds the maximum (4).', code: 400 } },
    },
    { body: { object: 'error', message: 'Prompt contains 70000 tokens, too large' } },
    ...[
      'the request exceeds the available context size',
      "This model's maximum prompt length is 131072 but the request contains 200000 tokens.",
      '`inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens',
      'Range of input length should be [1, 30720]',
      'Your request exceeded model token limit: 8192',
      'too many tokens: size limit exceeded by 100 tokens.',
      'The number of tokens to keep from the initial prompt is greater than the context length.',
      'input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000',
      'Input is too long for requested model.',
      // Nova
      'The model returned the following errors: Input Tokens Exceeded: Number of input tokens exceeds maximum length. Please update the input to try again.',
      // Titan's vectors
      'Too many input tokens. Max input tokens: 8192, request input token count: 11488',
      // Z.ai
      'Prompt exceeds max length',
      // Ollama
      'prompt too long; exceeded max context length by 4 tokens',
      // SGLang
      "The input (10000 tokens) is longer than the model's context length (8192 tokens).",
      // vLLM
      'The decoder prompt (length 9000) is longer than the maximum model length of 8192.',
      // Groq and Cerebras
      'Please reduce the length of the messages or completion.',
    ].map((message) => ({ body: { error: { message } } })),
  ])('about a prompt that is too long has OpenAI’s code (case $#)', ({ body }) => {
    expect(read(400, body)).toMatchObject({
      code: 'upstream_rejected',
      upstreamCode: 'context_length_exceeded',
    });
  });

  test.each([
    { error: { message: 'API key not valid. Please pass a valid API key.', code: 400 } },
    { error: { message: 'x', details: [{ reason: 'API_KEY_INVALID' }] } },
    { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***ey.' },
    { error: { message: 'x', code: 'invalid_api_key' } },
  ])('about the gateway’s own key does not blame the client’s: %j', (body) => {
    const error = read(400, body);

    expect(error).toMatchObject({ code: 'upstream_auth_failed', status: 502 });
    expect(error.message).toContain("the gateway's own key");
  });

  const MODERATED = 'Your chosen model requires moderation and your input was flagged';
  test.each([
    {
      who: 'xAI',
      body: {
        code: 'The caller does not have permission to execute the specified operation',
        error:
          'Content violates usage guidelines. Team: 0b7e-11, API key ID: 9c1d-22, Model: grok-4-0709, Failed check: SAFETY_CHECK_TYPE_BIO',
      },
    },
    { who: 'OpenRouter', body: { error: { code: 403, message: MODERATED } } },
    {
      who: 'OpenRouter with metadata',
      body: {
        error: {
          code: 403,
          message: 'No.',
          metadata: { reasons: ['violence'], flagged_input: '…' },
        },
      },
    },
  ])('about content with status 403 becomes a rejection of the request: $who', ({ body }) => {
    const error = read(403, body);

    expect(error).toMatchObject({
      code: 'upstream_rejected',
      status: 400,
      upstreamCode: 'content_filter',
    });
    expect(error.message).not.toMatch(/own key|11|22/);
  });

  test('about prompt length with status 403 becomes a rejection of the request', () => {
    const message = 'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 8193';

    expect(read(403, { error: { message } })).toMatchObject({
      code: 'upstream_rejected',
      status: 400,
      upstreamCode: 'context_length_exceeded',
    });
  });

  test('about missing capacity becomes a rate limit, whatever its status', () => {
    const error = { message: 'Flex tier is full.', type: 'flex', code: 'capacity_exceeded' };

    expect(read(498, { error })).toMatchObject({ code: 'upstream_rate_limited', status: 429 });
  });

  test('does not reveal the gateway’s key', () => {
    const error = read(401, {
      error: { message: 'Incorrect API key provided: sk-verysecret. Was xai-12***89 meant?' },
    });

    expect(error.message).toContain('Incorrect API key provided: [redacted]');
    expect(error.message).not.toMatch(/secret|12|89/);
  });

  test.each([
    'Your project does not have access to model `gpt-5-mini-2025-08-07`.',
    'The model "anthropic/claude-opus-4-5" needs another plan.',
    'Not allowed for models: grok-4-0709',
  ])('keeps the name of a forbidden model: %s', (message) => {
    expect(read(403, { error: { message } }).message).toContain(message);
  });

  test.each([
    'Signature expired: 20261123T131733Z is now earlier than 20261123T141733Z (20261123T142233Z - 5 min.)',
    'bob is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:eu-central-1::foundation-model/anthropic.claude-3-5-sonnet-20240620-v1:0',
    'Denied on resource //aiplatform.googleapis.com/projects/p/locations/us-central1/publishers/google/models/gemini-2.5-flash (or it may not exist).',
    'The key has expired on 2026-11-20.',
  ])('keeps times and resources of a rejected key: %s', (message) => {
    expect(read(403, { error: { message } }).message).toContain(message);
  });

  test('does not reveal the account', () => {
    const error = read(403, { message: 'User: arn:aws:iam::123456789012:user/team-key-7 may not' });

    expect(error.message).toContain('User: arn:aws:iam::[redacted]:user/[redacted] may not');
  });

  test('has names redacted that begin like a key', () => {
    const error = read(403, { error: { message: 'No model sk-proj-1234567 for key1234567.' } });

    expect(error.message).toContain('No model [redacted] for [redacted]');
  });

  test.each([
    { header: '7', waitS: 7 },
    { header: '1.2', waitS: 2 },
    { header: '1500ms', waitS: 2 },
    { header: '1m30s', waitS: 90 },
    { header: 'Thu, 01 Jan 2026 12:00:30 GMT', waitS: 30 },
    { header: 'Thu, 01 Jan 2026 11:00:00 GMT', waitS: 0 },
    { header: '99999999', waitS: 86_400 },
    { header: 'soon', waitS: null },
    { header: '', waitS: null },
    { header: undefined, waitS: null },
  ])(
    'with status 429 has a retry delay of $waitS s from its header: $header',
    ({ header, waitS }) => {
      expect(read(429, { error: 'slow down' }, header).retryAfterS).toBe(waitS);
    },
  );

  test.each([
    { body: { error: { message: 'x', details: [{ retryDelay: '34.4s' }] } }, waitS: 35 },
    { body: { error: { message: 'Please try again in 6m0.5s. Thanks.' } }, waitS: 361 },
    { body: { error: { message: 'Please try again in 20ms.' } }, waitS: 1 },
    { body: { error: { message: 'Please retry after 10 seconds.' } }, waitS: 10 },
    { body: { error: { message: 'Please wait 30 seconds before retrying.' } }, waitS: 30 },
    { body: { error: 'Please retry in 2h' }, waitS: 7200 },
    { body: { error: { message: 'try again in a while', details: [{}] } }, waitS: null },
  ])('with status 429 has a retry delay of $waitS s from its body', ({ body, waitS }) => {
    expect(read(429, body).retryAfterS).toBe(waitS);
  });
});
