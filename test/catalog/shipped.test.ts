import { loadCatalog } from '../../src/catalog/load.js';
import type { Catalog } from '../../src/catalog/catalog.js';
import type { Host, Model } from '../../src/core/model.js';

const FOLDER = 'models/catalog';
const FREE = ['ollama', 'simulation'];

let catalog: Catalog;
let models: readonly Model[];
let hosts: readonly (Host & { readonly id: string })[];

beforeAll(async () => {
  catalog = await loadCatalog(FOLDER);
  models = [...catalog.models.values()];
  hosts = models.flatMap(({ id, hosts: all }) => all.map((host) => ({ ...host, id })));
});

describe('the shipped catalog', () => {
  test('contains at least 75 models of at least 13 vendors, with at least 20 local ones', () => {
    const vendors = new Set(models.map(({ vendor }) => vendor));
    const local = hosts.filter(({ provider }) => provider === 'ollama');

    expect(models.length).toBeGreaterThanOrEqual(75);
    expect(vendors.size).toBeGreaterThanOrEqual(13);
    expect(local.length).toBeGreaterThanOrEqual(20);
  });

  test.each([
    'openai/gpt-4-1106-preview',
    'openai/gpt-3.5-turbo-1106',
    'openai/gpt-4o',
    'mistral/mixtral-8x7b-instruct',
    'meta/llama-3-8b-instruct',
    'meta/llama-3-70b-instruct',
    'anthropic/claude-3-opus',
    'anthropic/claude-3-haiku',
  ])('contains a model that public routing data sets use: %s', (id) => {
    expect(catalog.find(id)?.released).toMatch(/^202[34]/);
  });

  test('has ascending price tiers, none cheaper than the base price', () => {
    const tiered = hosts.flatMap(({ price }) =>
      price === null || price.tiers.length === 0 ? [] : [price],
    );

    expect(tiered.length).toBeGreaterThan(10);
    for (const price of tiered) {
      const steps = price.tiers.map((tier) => tier.aboveInputTokens);

      expect(steps).toEqual(steps.toSorted((a, b) => a - b));
      expect(price.tiers[0]?.input).toBeGreaterThanOrEqual(price.input ?? NaN);
    }
  });

  test("prices Anthropic's one-hour cache writes at twice the input rate", () => {
    const own = hosts.flatMap(({ provider, price }) => {
      if (provider !== 'anthropic' || price === null) return [];
      return [price, ...price.tiers];
    });

    expect(own.length).toBeGreaterThan(15);
    expect(own.map(({ cacheWriteHour }) => cacheWriteHour)).toEqual(
      own.map(({ input }) => expect.closeTo(2 * (input ?? NaN), 6) as number),
    );
  });

  test('has no cache-write rate below the input rate', () => {
    const rates = hosts.flatMap(({ price }) => (price === null ? [] : [price, ...price.tiers]));
    const written = rates.filter(({ cacheWrite }) => cacheWrite !== null);

    expect(written.length).toBeGreaterThan(20);
    expect(written.filter(({ cacheWrite, input }) => (cacheWrite ?? 0) < (input ?? 0))).toEqual([]);
  });

  test('lists no host of a model twice', () => {
    const names = hosts.map(({ id, provider, model }) => `${id} ${provider} ${model}`);

    expect(new Set(names).size).toBe(names.length);
  });

  test('gives every price a source and a date', () => {
    const priced = hosts.filter(({ price }) => price !== null);

    expect(priced.length).toBeGreaterThan(0);
    for (const { price } of priced) {
      expect(price?.source).toMatch(/^https:\/\/|^docs\/catalog\.md$/);
      expect(price?.asOf).toMatch(/^202[3-6]-\d\d-\d\d$/);
      expect(price?.asOf !== undefined && price.asOf !== null && price.asOf <= '2026-11-21').toBe(
        true,
      );
    }
  });

  test('gives every retirement a date, later than the release', () => {
    const retired = models.flatMap(({ released, hosts: all }) =>
      all.flatMap((host) => (host.retired === undefined ? [] : [{ released, on: host.retired }])),
    );

    expect(retired.length).toBeGreaterThan(20);
    for (const { released, on } of retired) {
      expect(on).toMatch(/^20\d\d-\d\d-\d\d$/);
      expect(on > (released ?? '')).toBe(true);
    }
  });

  test('has benchmark figures for nearly all models, and at least three for most', () => {
    const real = models.filter(
      ({ simulated, capabilities }) => !simulated && !capabilities.has('embeddings'),
    );
    const counts = real.map(({ benchmarks }) => Object.keys(benchmarks).length);

    expect(counts.filter((count) => count === 0).length).toBeLessThan(10);
    expect(counts.filter((count) => count >= 3).length).toBeGreaterThan(0.8 * real.length);
  });

  test('prices only local and simulated models at 0', () => {
    const free = hosts.filter(({ price }) => price?.input === 0 || price?.output === 0);

    expect(free.map(({ provider }) => provider).filter((name) => !FREE.includes(name))).toEqual([]);
  });

  test('contains four simulated models that differ in price, speed and benchmarks', () => {
    const simulated = ['nano', 'small', 'large', 'frontier'].map((name) => {
      return catalog.find(`simulation/${name}`);
    });

    const costs = simulated.map((model) => model?.hosts[0]?.price?.output ?? NaN);
    const speeds = simulated.map((model) => model?.speed?.tokensPerS ?? NaN);
    const scores = simulated.map((model) => model?.benchmarks['gpqa_diamond'] ?? NaN);
    expect(simulated.map((model) => model?.simulated)).toEqual([true, true, true, true]);
    expect(costs).toEqual(costs.toSorted((a, b) => a - b));
    expect(speeds).toEqual(speeds.toSorted((a, b) => b - a));
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
    expect(new Set([...costs, ...speeds, ...scores]).size).toBe(12);
    expect(models.filter((model) => model.simulated)).toHaveLength(4);
  });

  test('marks parallel_tools only with tools, and pdf only with vision', () => {
    const odd = models.filter(({ capabilities }) => {
      const parallelAlone = capabilities.has('parallel_tools') && !capabilities.has('tools');
      const pdfAlone = capabilities.has('pdf') && !capabilities.has('vision');
      return parallelAlone || pdfAlone;
    });

    expect(odd.map(({ id }) => id)).toEqual([]);
  });
});
