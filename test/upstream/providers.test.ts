import { inspect } from 'node:util';
import { PROVIDERS, resolveProvider } from '../../src/upstream/providers.js';
import { provider } from './support.js';

/** Where and how each dialect is asked. */
const DIALECTS = {
  openai: { path: 'chat/completions', key: { authorization: 'Bearer key' } },
  anthropic: {
    path: 'messages',
    key: { 'anthropic-version': '2023-06-01', 'x-api-key': 'key' },
  },
  gemini: { path: 'models/m%3A1:generateContent', key: { 'x-goog-api-key': 'key' } },
};

describe('the known providers', () => {
  test('have distinct names, usable URLs and distinct key variables', () => {
    const names = PROVIDERS.map((row) => row.name);
    const keys = PROVIDERS.flatMap((row) => row.keyVariable ?? []);

    expect(new Set(names).size).toBe(names.length);
    expect(new Set(keys).size).toBe(keys.length);
    for (const row of PROVIDERS) {
      expect(URL.canParse(row.baseUrl)).toBe(true);
      expect(row.baseUrl).not.toMatch(/\/$/u);
      expect(row.auth === 'none').toBe(row.keyVariable === null);
    }
  });

  test('trust nobody but OpenAI and ourselves', () => {
    const trusted = PROVIDERS.filter((row) => row.trustedAnswers).map((row) => row.name);

    expect(trusted).toEqual(['openai', 'simulation']);
  });

  test.each(PROVIDERS.map((row) => [row.name, row] as const))('%s can be called', (name, row) => {
    const made = provider(name, row.keyVariable === null ? {} : { apiKey: 'key' });

    const { path, key } = DIALECTS[row.dialect];
    expect(made.origin + made.pathFor('m:1', false)).toBe(`${row.baseUrl}/${path}`);
    expect(made.secretHeaders()).toEqual(row.keyVariable === null ? {} : key);
    expect(made).toMatchObject({ usageOption: row.usageOption, dialect: row.dialect });
  });

  test('take the model, and whether it streams, from where the dialect has them', () => {
    const made = provider('google', { apiKey: 'key', baseUrl: 'https://llm.example.com/v1?k=1' });

    expect(made.pathFor('gemini-3-pro', false)).toBe('/v1/models/gemini-3-pro:generateContent?k=1');
    expect(made.pathFor('gemini-3-pro', true)).toBe(
      '/v1/models/gemini-3-pro:streamGenerateContent?alt=sse&k=1',
    );
  });

  test('speak the dialect that the operator names', () => {
    const made = provider('corner', {
      baseUrl: 'https://llm.example.com/anthropic/v1/?tenant=7',
      dialect: 'anthropic',
    });

    expect(made.chatPath).toBe('/anthropic/v1/messages?tenant=7');
    expect(made.countPath).toBe('/anthropic/v1/messages/count_tokens?tenant=7');
    expect(made.secretHeaders()).toEqual({ 'anthropic-version': '2023-06-01' });
  });
});

describe('a provider of the operator’s', () => {
  test('needs nothing but a base URL, and is not trusted', () => {
    expect(provider('corner', { baseUrl: 'https://llm.example.com/v1/' })).toMatchObject({
      name: 'corner',
      origin: 'https://llm.example.com',
      chatPath: '/v1/chat/completions',
      trustedAnswers: false,
      usageOption: true,
    });
  });

  test('may be trusted, and may do without the usage option', () => {
    const made = provider('corner', {
      baseUrl: 'https://llm.example.com',
      trustedAnswers: true,
      usageOption: false,
    });

    expect(made).toMatchObject({ trustedAnswers: true, usageOption: false });
  });

  test('is not trusted because it is called openai', () => {
    expect(provider('openai', { baseUrl: 'http://localhost:1' }).trustedAnswers).toBe(false);
    expect(provider('openai', { apiKey: 'key' }).trustedAnswers).toBe(true);
  });

  test('takes user and password out of the URL', () => {
    const made = provider('corner', { baseUrl: 'https://me:p%40ss@llm.example.com' });

    expect(made.origin).toBe('https://llm.example.com');
    expect(made.secretHeaders()).toEqual({
      authorization: `Basic ${Buffer.from('me:p@ss').toString('base64')}`,
    });
  });

  test('lets a header of its own replace ours', () => {
    const made = provider('openai', { apiKey: 'key', headers: { Authorization: 'Token other' } });

    expect(made.secretHeaders()).toEqual({ authorization: 'Token other' });
  });

  test('shows its key to nobody who looks at it', () => {
    const made = provider('openai', { apiKey: ' sk-secret\n' });

    expect(inspect(made, { depth: 9, showHidden: true })).not.toContain('sk-secret');
    expect(JSON.stringify(made)).not.toContain('sk-secret');
    expect(made.secretHeaders()).toEqual({ authorization: 'Bearer sk-secret' });
  });
});

describe('a provider that cannot be used', () => {
  test.each([
    ['opnai', {}, 'Provider opnai is not known; did you mean openai? If not, give it a baseUrl.'],
    ['zzzzzzzzzz', {}, 'Provider zzzzzzzzzz is not known; give it a baseUrl.'],
    ['groq', {}, 'Provider groq needs a key: set GROQ_API_KEY.'],
    ['groq', { apiKey: '  ' }, 'Provider groq needs a key: set GROQ_API_KEY.'],
    ['x', { baseUrl: 'llm.example.com' }, 'base URL that is not an http or https URL'],
    ['x', { baseUrl: 'ftp://llm.example.com' }, 'base URL that is not an http or https URL'],
    ['openai', { apiKey: 'sk-a\nb' }, 'a key with a character that cannot be in a key'],
    ['openai', { apiKey: 'k', headers: { 'a b': 'c' } }, 'a header a b that cannot be sent'],
    ['openai', { apiKey: 'k', headers: { a: 'c\r\nd: e' } }, 'a header a that cannot be sent'],
    ['openai', { apiKey: 'k', headers: { Connection: 'close' } }, 'header connection that cannot'],
  ])('says why: %s %j', (name, settings, why) => {
    const resolved = resolveProvider(name, settings);

    expect(resolved).toMatchObject({ ok: false, why: expect.stringContaining(why) });
    expect(JSON.stringify(resolved)).not.toContain('sk-a');
  });
});
