import { Catalog } from '../../src/catalog/catalog.js';
import { loadCatalog } from '../../src/catalog/load.js';
import { modelOverride, type ModelOverrides } from '../../src/catalog/schema.js';
import { FaultyFileError } from '../../src/core/errors.js';

let catalog: Catalog;

beforeAll(async () => {
  catalog = await loadCatalog('models/catalog');
});

/** Overrides, parsed by the configuration's schema. */
const overrides = (raw: Readonly<Record<string, unknown>>): ModelOverrides =>
  Object.fromEntries(Object.entries(raw).map(([id, one]) => [id, modelOverride.parse(one)]));

describe('Catalog.find and Catalog.suggest', () => {
  test.each([
    { kind: 'the id', name: 'openai/gpt-5-mini', id: 'openai/gpt-5-mini' },
    { kind: 'the id in capitals', name: 'OpenAI/GPT-5-mini', id: 'openai/gpt-5-mini' },
    { kind: 'the name without vendor', name: 'gpt-5-mini', id: 'openai/gpt-5-mini' },
    { kind: 'a dated name', name: 'gpt-5-mini-2025-08-07', id: 'openai/gpt-5-mini' },
    { kind: "the vendor's spelling", name: 'claude-haiku-4-5', id: 'anthropic/claude-haiku-4.5' },
    { kind: 'a dated alias', name: 'claude-haiku-4-5-20251001', id: 'anthropic/claude-haiku-4.5' },
    {
      kind: "a host's name for it",
      name: 'llama-3.3-70b-versatile',
      id: 'meta/llama-3.3-70b-instruct',
    },
    {
      kind: 'a host and its name for the model',
      name: 'groq/llama-3.3-70b-versatile',
      id: 'meta/llama-3.3-70b-instruct',
    },
    { kind: 'a local tag', name: 'llama3.2:3b', id: 'meta/llama-3.2-3b-instruct' },
    {
      kind: 'another vendor spelling',
      name: 'meta-llama/llama-3.3-70b-instruct',
      id: 'meta/llama-3.3-70b-instruct',
    },
  ])('finds a model by $kind', ({ name, id }) => {
    expect(catalog.find(name)?.id).toBe(id);
  });

  test.each([
    'gpt-5-minni',
    'mini',
    '',
    'auto',
    'openai/',
    '/gpt-5-mini',
    '__proto__',
    'constructor',
  ])('finds no model by the unknown name "%s"', (name) => {
    expect(catalog.find(name)).toBeUndefined();
  });

  test('finds no model by a name that two models share', () => {
    const hosts = [{ provider: 'mine', model: 'x' }];
    const both = catalog.withOverrides(overrides({ 'acme/gpt-5-mini': { hosts } }));

    expect(both.find('gpt-5-mini')).toBeUndefined();
    expect(both.find('openai/gpt-5-mini')?.vendor).toBe('openai');
    expect(both.find('acme/gpt-5-mini')?.vendor).toBe('acme');
  });

  test.each([
    { name: 'openai/gpt-5-minni', id: 'openai/gpt-5-mini' },
    { name: 'gpt5-mini', id: 'openai/gpt-5-mini' },
    { name: 'claude-haiku-4.6', id: 'anthropic/claude-haiku-4.5' },
    { name: 'llama-3.3-70b-versatil', id: 'meta/llama-3.3-70b-instruct' },
    { name: 'no-such-thing-at-all', id: null },
  ])('suggests the nearest name for $name', ({ name, id }) => {
    expect(catalog.suggest(name)).toBe(id);
  });
});

describe('Catalog.revision', () => {
  test('is the same for the same content', async () => {
    const again = await loadCatalog('models/catalog');

    expect(again.revision).toBe(catalog.revision);
    expect(catalog.revision).toMatch(/^[0-9a-f]{12}$/);
    expect(catalog.withOverrides({}).revision).toBe(catalog.revision);
  });

  test.each([
    { what: 'a price', override: { prices: { openai: { input: 0.24, output: 2 } } } },
    { what: 'a capability', override: { capabilities: ['tools'] } },
    { what: 'a benchmark', override: { benchmarks: { mmlu_pro: 80 } } },
    { what: 'an alias', override: { aliases: ['my-mini'] } },
  ])('differs when $what changes', ({ override }) => {
    const changed = catalog.withOverrides(overrides({ 'openai/gpt-5-mini': override }));

    expect(changed.revision).not.toBe(catalog.revision);
  });
});

describe('Catalog.withOverrides', () => {
  test('adds a model with only its host configured', () => {
    const hosts = [{ provider: 'my-vllm', model: '/weights/llama' }];

    const own = catalog.withOverrides(overrides({ 'acme/llama-ft': { hosts } }));

    expect(own.find('llama-ft')).toMatchObject({
      id: 'acme/llama-ft',
      vendor: 'acme',
      displayName: 'acme/llama-ft',
      contextWindow: null,
      maxOutputTokens: null,
      speed: null,
      simulated: false,
      hosts: [{ provider: 'my-vllm', model: '/weights/llama', price: null }],
    });
    expect(catalog.find('llama-ft')).toBeUndefined();
  });

  test('replaces the named fields and keeps the rest', () => {
    const before = catalog.find('openai/gpt-5-mini');

    const after = catalog
      .withOverrides(
        overrides({
          'openai/gpt-5-mini': {
            display_name: 'Our mini',
            context_window: 64_000,
            max_output_tokens: null,
            released: null,
            capabilities: ['tools'],
            benchmarks: { mmlu_pro: 81 },
            speed: { first_token_ms: 900, tokens_per_s: 70 },
          },
        }),
      )
      .find('openai/gpt-5-mini');

    expect(after).toMatchObject({
      displayName: 'Our mini',
      contextWindow: 64_000,
      maxOutputTokens: null,
      released: null,
      benchmarks: { ...before?.benchmarks, mmlu_pro: 81 },
      speed: { firstTokenMs: 900, tokensPerS: 70 },
      hosts: before?.hosts,
    });
    expect([...(after?.capabilities ?? [])]).toEqual(['tools']);
    expect(before?.displayName).toBe('GPT-5 Mini');
  });

  test('replaces the price at one provider and keeps the other hosts', () => {
    const price = {
      input: 0.2,
      output: 1.5,
      tiers: [{ above_input_tokens: 9, input: 1, output: 2 }],
    };

    const hosts = catalog
      .withOverrides(overrides({ 'openai/gpt-5-mini': { prices: { openai: price } } }))
      .find('openai/gpt-5-mini')?.hosts;

    expect(hosts?.map((host) => [host.provider, host.price?.input])).toEqual([
      ['openai', 0.2],
      ['openrouter', 0.25],
    ]);
    expect(hosts?.[0]?.price).toEqual({
      input: 0.2,
      output: 1.5,
      cacheRead: null,
      cacheWrite: null,
      cacheWriteHour: null,
      asOf: null,
      source: 'configuration',
      tiers: [
        {
          aboveInputTokens: 9,
          input: 1,
          output: 2,
          cacheRead: null,
          cacheWrite: null,
          cacheWriteHour: null,
        },
      ],
    });
  });

  test('can set a price to unknown', () => {
    const changed = catalog.withOverrides(
      overrides({ 'openai/gpt-5-mini': { prices: { openai: null } } }),
    );

    expect(changed.find('openai/gpt-5-mini')?.hosts[0]?.price).toBeNull();
  });

  test.each([
    {
      fault: 'a new model without hosts',
      raw: { 'openai/gpt-5-minni': {} },
      path: ['openai/gpt-5-minni'],
      message:
        'the catalog has no model "openai/gpt-5-minni", and a new one needs "hosts". Did you mean "openai/gpt-5-mini"?',
    },
    {
      fault: 'a new model without hosts or a similar name',
      raw: { 'zzz/entirely-different-thing': { context_window: 1 } },
      path: ['zzz/entirely-different-thing'],
      message:
        'the catalog has no model "zzz/entirely-different-thing", and a new one needs "hosts".',
    },
    {
      fault: 'a price at a provider that does not host the model',
      raw: { 'openai/gpt-5-mini': { prices: { groq: { input: 1, output: 2 } } } },
      path: ['openai/gpt-5-mini', 'prices', 'groq'],
      message: '"openai/gpt-5-mini" is not available from "groq"; its hosts: openai, openrouter.',
    },
  ])('rejects $fault', ({ raw, path, message }) => {
    expect(catalog.overrideFaults(overrides(raw))).toEqual([{ path, message }]);
    expect(() => catalog.withOverrides(overrides(raw))).toThrow(FaultyFileError);
    expect(() => catalog.withOverrides(overrides(raw))).toThrow(message);
  });

  test.each([
    { fault: 'a misspelt key', raw: { pricing: {} } },
    { fault: 'a negative rate', raw: { prices: { openai: { input: -1, output: 1 } } } },
    { fault: 'an infinite rate', raw: { prices: { openai: { input: Infinity, output: 1 } } } },
    { fault: 'no hosts', raw: { hosts: [] } },
    { fault: 'an unknown capability', raw: { capabilities: ['mind_reading'] } },
    { fault: 'an unknown benchmark', raw: { benchmarks: { iq: 100 } } },
  ])('has a schema that rejects $fault', ({ raw }) => {
    expect(modelOverride.safeParse(raw).success).toBe(false);
  });
});

describe('Catalog.withPlaces', () => {
  const hostsOf = (places: Parameters<Catalog['withPlaces']>[0]) =>
    catalog
      .withPlaces(places)
      .find('openai/gpt-5-mini')
      ?.hosts.map(({ provider }) => provider);

  test('hosts a model at every provider of the kind, the unconfigured one last', () => {
    const spare = { name: 'spare', kind: 'openai' };
    const other = { name: 'own', kind: 'groq' };

    expect(hostsOf([spare, other])).toEqual(['spare', 'openai', 'openrouter']);
    expect(hostsOf([{ name: 'openai', kind: 'openai' }, spare])).toEqual([
      'openai',
      'spare',
      'openrouter',
    ]);
  });

  test('keeps the price and the name of the model', () => {
    const [first, second] =
      catalog.withPlaces([{ name: 'spare', kind: 'openai' }]).find('openai/gpt-5-mini')?.hosts ??
      [];

    expect(first).toEqual({ ...second, provider: 'spare' });
  });
});
