import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { Catalog } from '../../../src/catalog/catalog.js';
import type { Model } from '../../../src/core/model.js';
import { modelKey } from '../../../src/route/model-name.js';
import { releaseYear } from '../../../src/route/model-strength.js';
import type { ModelFacts } from '../../../src/route/model-strength.js';

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

const SAME_MODEL_YEARS = 0.75;

/** Facts about models that graded answers name, from the catalog, a price list, a list of dates and the names themselves. */
export class KnownModels {
  readonly #catalog: Catalog;
  readonly #prices: z.infer<typeof pricesSchema>['models'];
  readonly #dates: Readonly<Record<string, string>>;
  readonly #byKey: ReadonlyMap<string, Model>;

  /** @param dataFolder - has `prices.json` */
  constructor(dataFolder: string, catalog: Catalog) {
    this.#catalog = catalog;
    this.#prices = pricesSchema.parse(readJson(path.join(dataFolder, 'prices.json'))).models;
    this.#dates = datesSchema.parse(
      readJson(path.join(import.meta.dirname, 'release-dates.json')),
    ).released;
    this.#byKey = new Map([...catalog.models.values()].map((model) => [modelKey(model.id), model]));
  }

  /** Every model of the catalog, graded or not. */
  get catalogModels(): readonly Model[] {
    return [...this.#catalog.models.values()];
  }

  /** What is known of a model under the name graded answers use; benchmark figures only where the catalog has the model itself. */
  factsOf(name: string): ModelFacts {
    const plain = name.replace(/@.*$/, '');
    const known = this.#dates[plain] ?? dateIn(plain);
    const entry = this.#catalog.find(plain) ?? this.#namesake(plain, known);
    const listed = this.#listedHosts(plain, name);
    if (entry === undefined) return { released: known, benchmarks: {}, hosts: listed };
    return {
      released: known ?? entry.released,
      benchmarks: entry.benchmarks,
      hosts: listed.length > 0 ? listed : entry.hosts,
    };
  }

  #listedHosts(plain: string, name: string): ModelFacts['hosts'] {
    const price = this.#prices[plain] ?? this.#prices[name];
    return price === undefined || price.output === null ? [] : [hostAt(price.input, price.output)];
  }

  /** The catalog's model of the same name but for its date, if both are of about the same time. */
  #namesake(name: string, released: string | null): Model | undefined {
    const entry = this.#byKey.get(modelKey(name));
    const theirs = releaseYear(entry?.released ?? null);
    const ours = releaseYear(released);
    if (theirs === null || ours === null) return undefined;
    return Math.abs(theirs - ours) < SAME_MODEL_YEARS ? entry : undefined;
  }
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

/** `…-2024-08-06`, `…-20241022` and `…-2407` carry their month. */
function dateIn(name: string): string | null {
  const match = /-(?:(20\d\d)-?(\d\d)-?\d\d|(2[3-6])(0[1-9]|1[0-2]))(?:-|$)/.exec(name);
  if (match === null) return null;
  const [, year, month, shortYear, shortMonth] = match;
  return year === undefined ? `20${shortYear ?? ''}-${shortMonth ?? ''}` : `${year}-${month ?? ''}`;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8')) as unknown;
}
