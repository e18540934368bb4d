import { inspect } from 'node:util';
import { PROVIDERS, resolveProvider } from '../../src/upstream/providers.js';
import { provider } from './support.js';

/** The path and the key headers of each dialect. */
const DIALECTS = {
  openai: { path: 'chat/completions', key: { authorization: 'Bearer key' } },
  anthropic: {
    path: 'messages',
    key: { 'anthropic-version': '2023-06-01', 'x-api-key': 'key' },
  },
  gemini: { path: 'models/m%3A1:generateContent', key: { 'x-goog-api-key': 'key' } },
  cohere: { path: 'chat', key: { authorization: 'Bearer key' } },
  ollama: { path: 'api/chat', key: { authorization: 'Bearer key' } },
  bedrock: { path: 'model/m%3A1/converse', key: { authorization: 'Bearer key' } },
  responses: { path: 'responses', key: { authorization: 'Bearer key' } },
};
const AZURE = { place: { resource: 'acme' } };
const OWN = { baseUrl: 'http://127.0.0.1:1/v1' };
/** Cloud providers, whose URLs are built from the settings. */
const CLOUDS = [
  [
    'azure',
    { resource: 'acme' },
    'https://acme.openai.azure.com/openai/v1/chat/completions',
    { 'api-key': 'key' },
  ],
  [
    'azure-deployments',
    { resource: 'acme' },
    'https://acme.openai.azure.com/openai/deployments/m%3A1/chat/completions?api-version=2024-10-21',
    { 'api-key': 'key' },
  ],
  [
    'vertex',
    { project: 'p-1' },
    'https://aiplatform.googleapis.com/v1/projects/p-1/locations/global/publishers/google/models/m%3A1:generateContent',
    { 'x-goog-api-key': 'key' },
  ],
  [
    'vertex-anthropic',
    { project: 'p-1', location: 'europe-west1' },
    'https://europe-west1-aiplatform.googleapis.com/v1/projects/p-1/locations/europe-west1/publishers/anthropic/models/m%3A1:rawPredict',
    { 'x-goog-api-key': 'key' },
  ],
  [
    'vertex',
    { project: 'p-1', location: 'eu' },
    'https://aiplatform.eu.rep.googleapis.com/v1/projects/p-1/locations/eu/publishers/google/models/m%3A1:generateContent',
    { 'x-goog-api-key': 'key' },
  ],
  [
    'vertex-anthropic',
    { project: 'p-1', location: 'us' },
    'https://aiplatform.us.rep.googleapis.com/v1/projects/p-1/locations/us/publishers/anthropic/models/m%3A1:rawPredict',
    { 'x-goog-api-key': 'key' },
  ],
  [
    'bedrock',
    { region: 'eu-central-1' },
    'https://bedrock-runtime.eu-central-1.amazonaws.com/model/m%3A1/converse',
    { authorization: 'Bearer key' },
  ],
  [
    'databricks',
    { workspace: 'https://dbc-1.cloud.databricks.com/' },
    'https://dbc-1.cloud.databricks.com/serving-endpoints/chat/completions',
    { authorization: 'Bearer key' },
  ],
  [
    'snowflake',
    { account: 'org-acme' },
    'https://org-acme.snowflakecomputing.com/api/v2/cortex/v1/chat/completions',
    { authorization: 'Bearer key' },
  ],
  ['writer', {}, 'https://api.writer.com/v1/chat', { authorization: 'Bearer key' }],
] as const;
const PLAIN = PROVIDERS.filter((row) => row.paths === null && !row.baseUrl.includes('{'));

describe('built-in providers', () => {
  test('have distinct names, valid URLs and distinct key variables', () => {
    const names = PROVIDERS.map((row) => row.name);
    const keys = PROVIDERS.flatMap((row) => row.keyVariable ?? []);

    expect(new Set(names).size).toBe(names.length);
    expect(new Set(keys).size).toBe(keys.length);
    for (const row of PROVIDERS) {
      expect(URL.canParse(row.baseUrl.replaceAll(/\{\w+-?\}/gu, 'x'))).toBe(true);
      expect(row.source).toMatch(/^https:\/\/|^this project$/u);
      expect(row.baseUrl).not.toMatch(/\/$/u);
      expect(row.auth === 'none').toBe(row.keyVariable === null);
    }
  });

  test('have trusted answers only for OpenAI and the simulation', () => {
    const trusted = PROVIDERS.filter((row) => row.trustedAnswers).map((row) => row.name);

    expect(trusted).toEqual(['openai', 'simulation']);
  });

  test('number at least thirty, of which only Voyage and Jina serve no chat', () => {
    const silent = PROVIDERS.filter((row) => !row.serves.includes('chat'));

    expect(PROVIDERS.length).toBeGreaterThanOrEqual(30);
    expect(silent.map((row) => row.name)).toEqual(['voyage', 'jina']);
  });

  test.each(PLAIN.map((row) => [row.name, row] as const))(
    'include %s with its URL and headers',
    (name, row) => {
      const made = provider(name, row.keyVariable === null ? {} : { apiKey: 'key' });

      const { path, key } = DIALECTS[row.dialect];
      expect(made.origin + made.pathFor('m:1', false)).toBe(`${row.baseUrl}/${path}`);
      expect(made.secretHeaders()).toEqual(row.keyVariable === null ? {} : key);
      expect(made).toMatchObject({ usageOption: row.usageOption, dialect: row.dialect });
    },
  );

  test('use the native API of Ollama when given the URL of the compatible one', () => {
    const made = provider('ollama', { dialect: 'ollama', baseUrl: 'http://box:11434/v1' });

    expect(made.origin + made.pathFor('m', true)).toBe('http://box:11434/api/chat');
    expect(made.siblingPath('/api/embed', 'm')).toBe('/api/embed');
    expect(made.streamType).toBe('application/x-ndjson');
  });

  test.each(CLOUDS)('build the URL of %s from %j', (name, place, url, headers) => {
    const made = provider(name, { apiKey: 'key', place });

    expect(made.origin + made.pathFor('m:1', false)).toBe(url);
    expect(made.secretHeaders()).toEqual(headers);
  });

  test.each([
    ['openai', {}, 'responses', 'gpt-5', 'responses'],
    ['openai', {}, 'openai', 'gpt-5', 'openai'],
    ['openai', {}, 'openai', 'gpt-5.2-codex', 'responses'],
    ['openai', {}, 'anthropic', 'o3-deep-research', 'responses'],
    ['openai', { responses: false }, 'responses', 'gpt-5-pro', 'openai'],
    ['openai', { baseUrl: 'http://127.0.0.1:1/v1' }, 'responses', 'gpt-5', 'openai'],
    ['openai', { dialect: 'responses' }, 'openai', 'gpt-5', 'responses'],
    ['azure', { responses: true, ...AZURE }, 'openai', 'gpt-5-pro', 'responses'],
    ['own', { responses: true, ...OWN }, 'openai', 'gpt-5-pro', 'responses'],
    ['own', OWN, 'openai', 'gpt-5-pro', 'openai'],
    ['xai', {}, 'responses', 'grok-4', 'openai'],
    ['xai', { responses: true }, 'responses', 'grok-4', 'responses'],
    ['anthropic', { responses: true }, 'responses', 'claude', 'anthropic'],
  ] as const)(
    'resolve %s %j, client dialect %s, model %s to dialect %s',
    (name, settings, client, model, spoken) => {
      const made = provider(name, { apiKey: 'key', ...settings });

      const dialect = made.dialectFor(client, model);

      expect(dialect).toBe(spoken);
      expect(made.pathFor(model, true, dialect)).toMatch(
        { responses: /\/responses$/, openai: /\/chat\/completions$/, anthropic: /\/messages$/ }[
          spoken
        ],
      );
    },
  );

  test('put model and streaming into the URL where the dialect does', () => {
    const made = provider('google', { apiKey: 'key', baseUrl: 'https://llm.example.com/v1?k=1' });

    expect(made.pathFor('gemini-3-pro', false)).toBe('/v1/models/gemini-3-pro:generateContent?k=1');
    expect(made.pathFor('gemini-3-pro', true)).toBe(
      '/v1/models/gemini-3-pro:streamGenerateContent?alt=sse&k=1',
    );
  });

  test('use the configured dialect', () => {
    const made = provider('corner', {
      baseUrl: 'https://llm.example.com/anthropic/v1/?tenant=7',
      dialect: 'anthropic',
    });

    expect(made.pathFor('m', false)).toBe('/anthropic/v1/messages?tenant=7');
    expect(made.countPath).toBe('/anthropic/v1/messages/count_tokens?tenant=7');
    expect(made.secretHeaders()).toEqual({ 'anthropic-version': '2023-06-01' });
  });
});

test.each([
  ['bedrock', { region: 'eu-central-1' }, 'https://bedrock-runtime.eu-central-1.amazonaws.com'],
  ['vertex', { project: 'p', location: 'eu' }, 'https://aiplatform.eu.rep.googleapis.com'],
  ['openai', {}, 'https://api.openai.com'],
])('a second %s has the same URL and settings under its own name', (kind, place, origin) => {
  const second = provider('second', { kind, place, apiKey: 'key' });

  const first = provider(kind, { place, apiKey: 'key' });
  expect(second).toMatchObject({ name: 'second', origin, dialect: first.dialect });
  expect(second.pathFor('m', true)).toBe(first.pathFor('m', true));
  expect(second.refusalsFor('o3')).toEqual(first.refusalsFor('o3'));
  expect([second.trustedAnswers, second.dialectFor('responses', 'm')]).toEqual([
    first.trustedAnswers,
    first.dialectFor('responses', 'm'),
  ]);
});

describe('custom provider', () => {
  test('needs only a base URL and is not trusted', () => {
    const made = provider('corner', { baseUrl: 'https://llm.example.com/v1/' });

    expect(made.pathFor('m', true)).toBe('/v1/chat/completions');
    expect(made).toMatchObject({
      name: 'corner',
      origin: 'https://llm.example.com',
      trustedAnswers: false,
      usageOption: true,
    });
  });

  test('can be trusted and can lack the usage option', () => {
    const made = provider('corner', {
      baseUrl: 'https://llm.example.com',
      trustedAnswers: true,
      usageOption: false,
    });

    expect(made).toMatchObject({ trustedAnswers: true, usageOption: false });
  });

  test('is not trusted for the name openai alone', () => {
    expect(provider('openai', { baseUrl: 'http://localhost:1' }).trustedAnswers).toBe(false);
    expect(provider('openai', { apiKey: 'key' }).trustedAnswers).toBe(true);
  });

  test.each([
    ['p%40ss', 'p@ss'],
    ['100%', '100%'],
  ])('reads user and password from the URL: %s', (written, meant) => {
    const made = provider('corner', { baseUrl: `https://me:${written}@llm.example.com` });

    expect(made.origin).toBe('https://llm.example.com');
    expect(made.secretHeaders()).toEqual({
      authorization: `Basic ${Buffer.from(`me:${meant}`).toString('base64')}`,
    });
  });

  test('replaces a default header with a configured one', () => {
    const made = provider('openai', { apiKey: 'key', headers: { Authorization: 'Token other' } });

    expect(made.secretHeaders()).toEqual({ authorization: 'Token other' });
  });

  test('hides AWS credentials when inspected or serialised', () => {
    const made = provider('bedrock', { aws: { ...AWS, secretAccessKey: 'sk-secret' } });

    expect(inspect(made, { depth: 9, showHidden: true })).not.toContain('sk-secret');
    expect(JSON.stringify(made)).not.toContain('sk-secret');
    expect(made.secretCredentials()).toMatchObject({ kind: 'aws', region: 'us-east-1' });
  });

  test('hides its API key when inspected or serialised', () => {
    const made = provider('openai', { apiKey: ' sk-secret\n' });

    expect(inspect(made, { depth: 9, showHidden: true })).not.toContain('sk-secret');
    expect(JSON.stringify(made)).not.toContain('sk-secret');
    expect(made.secretHeaders()).toEqual({ authorization: 'Bearer sk-secret' });
  });
});

const AWS = { accessKeyId: 'AKIA', secretAccessKey: 'sk-a' };

describe('invalid provider settings', () => {
  test.each([
    ['opnai', {}, 'Provider opnai is not known; did you mean openai? If not, give it a baseUrl.'],
    ['zzzzzzzzzz', {}, 'Provider zzzzzzzzzz is not known; give it a baseUrl.'],
    ['groq', {}, 'Provider groq needs a key: set GROQ_API_KEY.'],
    ['groq', { apiKey: '  ' }, 'Provider groq needs a key: set GROQ_API_KEY.'],
    ['x', { baseUrl: 'llm.example.com' }, 'base URL that is not an http or https URL'],
    ['x', { baseUrl: 'ftp://llm.example.com' }, 'base URL that is not an http or https URL'],
    ['openai', { apiKey: 'sk-a\nb' }, 'a key with a character that keys cannot contain'],
    ['azure', { apiKey: 'k' }, 'needs place.resource: set it, or AZURE_RESOURCE_NAME'],
    ['azure', { apiKey: 'k', place: { resource: 'a/b' } }, 'place.resource that cannot be part'],
    [
      'groq',
      { apiKey: 'k', place: { region: 'x' } },
      'Provider groq does not support place.region: remove it.',
    ],
    ['groq', { aws: AWS }, 'Provider groq does not support AWS signatures.'],
    ['groq', { google: { path: '/x' } }, 'Provider groq does not support Google tokens.'],
    ['bedrock', {}, 'Provider bedrock needs a key: set AWS_BEARER_TOKEN_BEDROCK.'],
    ['openai', { apiKey: 'k', headers: { 'a b': 'c' } }, 'a header a b whose name or value'],
    ['openai', { apiKey: 'k', headers: { a: 'c\r\nd: e' } }, 'a header a whose name or value'],
    [
      'openai',
      { apiKey: 'k', headers: { Connection: 'close' } },
      'header connection whose name or value',
    ],
  ])('are rejected with a reason: %s %j', (name, settings, why) => {
    const resolved = resolveProvider(name, settings);

    expect(resolved).toMatchObject({ ok: false, why: expect.stringContaining(why) });
    expect(JSON.stringify(resolved)).not.toContain('sk-a');
  });
});
