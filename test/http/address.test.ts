import { normalizeAddress } from '../../src/http/address.js';
import { growthOf } from '../support/growth.js';

test.each([
  ['/v1/chat/completions/', '/v1/chat/completions'],
  ['//v1//chat/completions?a=//b', '/v1/chat/completions?a=//b'],
  ['/v1/v1/chat/completions', '/v1/chat/completions'],
  ['/chat/completions', '/v1/chat/completions'],
  ['/models/acme/gpt', '/v1/models/acme/gpt'],
  ['/openai/v1/models', '/v1/models'],
  ['/api/v1/chat/completions', '/v1/chat/completions'],
  ['/anthropic/v1/messages?beta=true', '/v1/messages?beta=true'],
  ['/openai/responses?api-version=2026-01-01', '/v1/responses?api-version=2026-01-01'],
  ['/v1beta/openai/chat/completions', '/v1/chat/completions'],
  ['/v1/v1beta/models/m:generateContent', '/v1beta/models/m:generateContent'],
  ['/v1beta/v1beta/models/m:countTokens', '/v1beta/models/m:countTokens'],
  ['/v1beta1/publishers/google/models/m:generateContent', '/v1beta/models/m:generateContent'],
  ['/v1beta1/publishers/acme/models/m:generateContent', '/v1beta/models/acme/m:generateContent'],
  [
    '/v1beta/acme/m:streamGenerateContent?alt=sse',
    '/v1beta/models/acme/m:streamGenerateContent?alt=sse',
  ],
  ['/v1beta/acme/m:batchEmbedContents', '/v1beta/models/acme/m:batchEmbedContents'],
  [
    '/v1/projects/p/locations/eu/publishers/google/models/m:streamGenerateContent?alt=sse',
    '/v1beta/models/m:streamGenerateContent?alt=sse',
  ],
  [
    '/openai/deployments/a%2Fb/embeddings?api-version=1',
    '/v1/engines/a%2Fb/embeddings?api-version=1',
  ],
])('normalizeAddress rewrites %s to %s', (asked, meant) => {
  expect(normalizeAddress(asked)).toEqual({ url: meant, model: null });
});

test.each([
  ['/openai/deployments/acme/gpt/chat/completions?api-version=1', 'chat/completions?api-version=1'],
  ['/deployments/acme%2Fgpt/chat/completions', 'chat/completions'],
  ['/v1/engines/acme/gpt/completions', 'completions'],
])('normalizeAddress extracts the model from %s', (asked, verb) => {
  expect(normalizeAddress(asked)).toEqual({ url: `/v1/${verb}`, model: 'acme/gpt' });
});

test('normalizeAddress does not decode a model name with a malformed encoding', () => {
  expect(normalizeAddress('/v1/engines/%ff/completions').model).toBe('%ff');
});

test.each([
  '/',
  '/v1',
  '/healthz',
  '/api/chat',
  '/openai/elsewhere',
  '/v1/models/openai/gpt',
  '/v1/models/v1/models',
  '/v1/openai/chat/completions',
  '/v1/files/../secret',
  '/v1beta/m:generateContent',
  '/v1beta/acme/m:deleteEverything',
])('normalizeAddress does not change %s', (asked) => {
  expect(normalizeAddress(asked)).toEqual({ url: asked, model: null });
});

test.each(['a/:', '/:a', 'v1/', 'engines/', 'models/', 'images/'])(
  'normalizeAddress takes linear time for repeated %s',
  async (part) => {
    const asked = (length: number) => `/v1/${part.repeat(length / part.length)}`;

    // Nearly as long as the largest `server.max_header_bytes` allows.
    expect(
      await growthOf(asked, normalizeAddress, { small: 50_000, large: 1_000_000 }),
    ).toBeLessThan(120);
  },
);
