import { loadCatalog } from '../../src/catalog/load.js';
import type { Catalog } from '../../src/catalog/catalog.js';
import { servedModels, type ServingProvider } from '../../src/assembly/served-models.js';
import type { LocalModel, Model } from '../../src/core/model.js';

let catalog: Catalog;

beforeAll(async () => {
  catalog = await loadCatalog('models/catalog');
});

const hosted = (name: string, models: readonly string[] = []): ServingProvider => ({
  name,
  models,
  listed: false,
  local: false,
});

describe('servedModels', () => {
  test('returns exactly the catalog’s models at the configured providers', () => {
    const served = servedModels(catalog, [hosted('openai')]);

    expect(served.size).toBeGreaterThan(5);
    for (const { model, upstreams } of served.values()) {
      expect(model.vendor).toBe('openai');
      expect(upstreams.map(({ provider }) => provider)).toEqual(['openai']);
    }
  });

  test('creates one upstream per host, in the catalog’s order', () => {
    const served = servedModels(catalog, [hosted('openrouter'), hosted('openai')]);

    const upstreams = served.get('openai/gpt-4o')?.upstreams ?? [];
    expect(upstreams.map(({ provider }) => provider)).toEqual(['openai', 'openrouter']);
    expect(upstreams[1]).toMatchObject({
      modelId: 'openai/gpt-4o',
      id: expect.stringMatching(/^openrouter\//u),
    });
  });

  test('adds models that only the configuration names, with an unknown price', () => {
    const served = servedModels(catalog, [{ ...hosted('acme', ['My-Model']), listed: true }]);

    expect([...served.keys()]).toEqual(['acme/my-model']);
    expect(served.get('acme/my-model')?.upstreams).toEqual([
      {
        id: 'acme/My-Model',
        provider: 'acme',
        modelId: 'acme/my-model',
        upstreamModel: 'My-Model',
        price: null,
      },
    ]);
  });

  describe('at a local Ollama', () => {
    const ollama = (stated: readonly LocalModel[]): ServingProvider => ({
      name: 'ollama',
      models: stated.map(({ name }) => name),
      stated,
      listed: true,
      local: true,
    });
    const tag = (name: string, parameters: number | null = null): LocalModel => ({
      name,
      parameters,
      capabilities: null,
    });
    const modelOf = (one: LocalModel): Model | undefined =>
      [...servedModels(catalog, [ollama([one])]).values()][0]?.model;

    test.each([
      ['a default tag of a known size', tag('llama3.2:latest', 3.2)],
      ['a quantised tag', tag('llama3.1:8b-instruct-q4_K_M')],
    ])('recognises %s as a known model', (_, one) => {
      const model = modelOf(one);

      expect(model?.id).toBe(`ollama/${one.name}`.toLowerCase());
      expect(Object.keys(model?.benchmarks ?? {})).not.toEqual([]);
      expect(model?.released).not.toBeNull();
    });

    test.each([
      { name: 'qwen3:32b-q8_0', size: 32.8, id: 'qwen/qwen3-32b' },
      { name: 'qwen3:30b-a3b-q4_K_M', size: 30.5, id: 'qwen/qwen3-30b-a3b' },
      { name: 'qwen3:30b-a3b-q4_K_M', size: null, id: 'qwen/qwen3-30b-a3b' },
      { name: 'qwen3:latest', size: 8.2, id: 'qwen/qwen3-8b' },
      { name: 'gemma4:31b-it-q8_0', size: 31.3, id: 'google/gemma-4-31b' },
      { name: 'gemma4:26b-a4b-it-q4_K_M', size: 25.8, id: 'google/gemma-4-26b-a4b' },
      { name: 'mixtral:latest', size: 46.7, id: 'mistral/mixtral-8x7b-instruct' },
      { name: 'mixtral:8x7b-instruct-q4_0', size: 46.7, id: 'mistral/mixtral-8x7b-instruct' },
    ])('takes $name of $size billion parameters for $id', ({ name, size, id }) => {
      const known = catalog.models.get(id);

      expect(modelOf(tag(name, size))?.displayName).toBe(known?.displayName ?? id);
    });

    test.each([
      { name: 'own:30b-a3b', size: 30.5, parameters: Math.sqrt(90) },
      { name: 'mixtral:latest', size: 46.7, parameters: 28 },
      { name: 'own:30b', size: 30.5, parameters: 30.5 },
    ])('gives $name of $size billion parameters its size', ({ name, size, parameters }) => {
      expect(modelOf(tag(name, size))?.parameters).toBeCloseTo(parameters, 6);
    });

    test.each([
      ['of another size that it states', tag('mistral-small:22b', 22.2)],
      ['of a base model', tag('llama3.1:8b-text-q4_0', 8)],
      ['of another base model', tag('mistral:7b-base', 7)],
      ['of another size', tag('deepseek-r1:latest', 8.2)],
      ['of unknown size', tag('llama3.2:latest')],
      ['with an unknown name', tag('my-own:latest', 3.2)],
    ])('does not take a tag %s for a known model', (_, one) => {
      expect(modelOf(one)).toMatchObject({ benchmarks: {}, released: null });
    });

    test('keeps the size and the capabilities that Ollama states', () => {
      const capabilities = new Set(['embeddings'] as const);

      expect(
        modelOf({ name: 'nomic-embed-text:latest', parameters: 0.137, capabilities }),
      ).toMatchObject({
        parameters: 0.137,
        capabilities,
      });
    });
  });

  test('sets the price of local models to 0', () => {
    const local = { name: 'ollama', models: ['my-own:7b'], listed: true, local: true };

    const served = servedModels(catalog, [local]);

    expect([...served.keys()]).toEqual(['ollama/my-own:7b']);
    expect(served.get('ollama/my-own:7b')?.upstreams[0].price).toMatchObject({
      input: 0,
      output: 0,
    });
  });
});
