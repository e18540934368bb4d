import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { Catalog } from '../../../src/catalog/catalog.js';
import type { Model } from '../../../src/core/model.js';
import { modelKey } from '../../../src/route/model-name.js';
import { releaseYear } from '../../../src/route/model-strength.js';
import type { ModelFacts } from '../../../src/route/model-strength.js';
import { YamlFile } from '../../../src/yaml/yaml-file.js';

const pricesSchema = z.object({
  models: z.record(
    z.string(),
    z.object({
      input: z.number().nullable(),
      output: z.number().nullable(),
      estimated: z.boolean(),
    }),
  ),
});

const datesSchema = z.strictObject({
  _note: z.string(),
  released: z.record(z.string(), z.string().regex(/^\d{4}-\d{2}(-\d{2})?$/)),
});

const factsSchema = z.strictObject({
  sources: z.record(z.string(), z.strictObject({ url: z.url(), read: z.iso.date() })),
  models: z.array(
    z.strictObject({
      name: z.string(),
      released: z.strictObject({ date: z.iso.date(), source: z.string() }).optional(),
      benchmarks: z.record(z.string(), z.record(z.string(), z.number())),
    }),
  ),
});

const SAME_MODEL_YEARS = 0.75;

/** Facts about models that graded answers name, from the catalog, a list of older models, a price list and the names themselves. */
export class KnownModels {
  readonly #catalog: Catalog;
  readonly #prices: z.infer<typeof pricesSchema>['models'];
  readonly #dates: Readonly<Record<string, string>>;
  readonly #stated: ReadonlyMap<string, StatedFacts>;
  readonly #byKey: ReadonlyMap<string, Model>;

  /** @param dataFolder - has `prices.json` */
  constructor(dataFolder: string, catalog: Catalog) {
    this.#catalog = catalog;
    this.#prices = pricesSchema.parse(readJson(path.join(dataFolder, 'prices.json'))).models;
    this.#dates = datesSchema.parse(
      readJson(path.join(import.meta.dirname, 'release-dates.json')),
    ).released;
    this.#stated = readFacts(path.join(import.meta.dirname, 'known-models.yaml'));
    this.#byKey = new Map([...catalog.models.values()].map((model) => [modelKey(model.id), model]));
  }

  /** Every real model of the catalog, graded or not. */
  get catalogModels(): readonly Model[] {
    return [...this.#catalog.models.values()].filter(({ simulated }) => !simulated);
  }

  /**
   * Facts about a model by the name that graded answers use.
   *
   * Benchmark figures are those of the exact version that answered, if stated; the catalog's only if it has
   * that model.
   */
  factsOf(name: string): ModelFacts {
    const plain = name.replace(/@.*$/, '');
    const { released, benchmarks } = this.#stated.get(plain) ?? NOTHING_STATED;
    const known = released ?? this.#dates[plain] ?? dateIn(plain);
    const entry = this.#catalog.find(plain) ?? this.#namesake(plain, known) ?? NOTHING_KNOWN;
    const listed = this.#listedHosts(plain, name);
    return {
      id: plain,
      released: known ?? entry.released,
      benchmarks: benchmarks ?? entry.benchmarks,
      hosts: listed.length > 0 ? listed : entry.hosts,
    };
  }

  #listedHosts(plain: string, name: string): ModelFacts['hosts'] {
    const price = this.#prices[plain] ?? this.#prices[name];
    return price === undefined || price.output === null ? [] : [hostAt(price.input, price.output)];
  }

  /** The catalog's model with the same name apart from the date, if both were released at about the same time. */
  #namesake(name: string, released: string | null): Model | undefined {
    const entry = this.#byKey.get(modelKey(name));
    const theirs = releaseYear(entry?.released ?? null);
    const ours = releaseYear(released);
    if (theirs === null || ours === null) return undefined;
    return Math.abs(theirs - ours) < SAME_MODEL_YEARS ? entry : undefined;
  }
}

interface StatedFacts {
  readonly released: string | null;
  readonly benchmarks: ModelFacts['benchmarks'] | null;
}

const NOTHING_STATED: StatedFacts = { released: null, benchmarks: null };
const NOTHING_KNOWN: Omit<ModelFacts, 'id'> = { released: null, benchmarks: {}, hosts: [] };

function readFacts(file: string): ReadonlyMap<string, StatedFacts> {
  const { sources, models } = YamlFile.parse(file, readFileSync(file, 'utf8')).check(factsSchema);
  return new Map(
    models.map(({ name, released, benchmarks }) => {
      const cited = [...Object.keys(benchmarks), ...(released ? [released.source] : [])];
      const unknown = cited.find((source) => !Object.hasOwn(sources, source));
      if (unknown !== undefined) throw new Error(`${file}: ${name}: no source "${unknown}"`);
      const figures = Object.assign({}, ...Object.values(benchmarks)) as Record<string, number>;
      return [name, { released: released?.date ?? null, benchmarks: figures }];
    }),
  );
}

function hostAt(input: number | null, output: number): ModelFacts['hosts'][number] {
  const price = {
    input,
    output,
    cacheRead: null,
    cacheWrite: null,
    asOf: '2026-11-20',
    source: 'prices.json',
    tiers: [],
  };
  return { provider: 'list', model: 'list', price };
}

/** The month in names such as `…-2024-08-06`, `…-20241022` and `…-2407`. */
function dateIn(name: string): string | null {
  const match = /-(?:(20\d\d)-?(\d\d)-?\d\d|(2[3-6])(0[1-9]|1[0-2]))(?:-|$)/.exec(name);
  if (match === null) return null;
  const [, year, month, shortYear, shortMonth] = match;
  return year === undefined ? `20${shortYear ?? ''}-${shortMonth ?? ''}` : `${year}-${month ?? ''}`;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8')) as unknown;
}
