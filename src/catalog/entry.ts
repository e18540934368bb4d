import type { Host, Model, Price, Rates } from '../core/model.js';
import type { NamedModel } from './names.js';
import type { CatalogFile, ModelEntry, ModelOverride, PriceEntry } from './schema.js';

/** What a catalog file says of its models, in the gateway's words. */
export function toModels(file: CatalogFile): readonly NamedModel[] {
  return file.models.map((entry) => toModel(entry, file.sources));
}

function toModel(entry: ModelEntry, sources: CatalogFile['sources']): NamedModel {
  const model: Model = {
    ...vendorOf(entry.id),
    displayName: entry.display_name,
    released: entry.released,
    contextWindow: entry.context_window,
    maxOutputTokens: entry.max_output_tokens,
    capabilities: new Set(entry.capabilities),
    benchmarks: stated(Object.values(entry.benchmarks).flatMap((scores) => Object.entries(scores))),
    speed: toSpeed(entry.speed),
    hosts: entry.hosts.map(({ price, retired, ...host }) => {
      const page = price === null ? undefined : sources[price.source];
      const named = toHost({
        ...host,
        price: price && { ...price, as_of: page?.read, source: page?.url },
      });
      return retired === undefined ? named : { ...named, retired: retired.from };
    }),
  };
  return { model, aliases: entry.aliases };
}

/** A model of which nothing is known but its name: what an operator's own model starts as. */
export function blankModel(id: string): NamedModel {
  const model: Model = {
    ...vendorOf(id),
    displayName: id,
    released: null,
    contextWindow: null,
    maxOutputTokens: null,
    capabilities: new Set(),
    benchmarks: {},
    speed: null,
    hosts: [],
  };
  return { model, aliases: [] };
}

/** The model with every field that `override` states replaced; a new object. */
export function overridden({ model, aliases }: NamedModel, override: ModelOverride): NamedModel {
  const hosts = override.hosts?.map(toHost) ?? model.hosts;
  const changed: Model = {
    ...model,
    displayName: override.display_name ?? model.displayName,
    released: orKept(override.released, model.released),
    contextWindow: orKept(override.context_window, model.contextWindow),
    maxOutputTokens: orKept(override.max_output_tokens, model.maxOutputTokens),
    capabilities: override.capabilities ? new Set(override.capabilities) : model.capabilities,
    benchmarks: { ...model.benchmarks, ...stated(Object.entries(override.benchmarks ?? {})) },
    strength: override.strength ?? model.strength,
    speed: override.speed === undefined ? model.speed : toSpeed(override.speed),
    hosts: hosts.map((host) => withPrice(host, override.prices ?? {})),
  };
  return { model: changed, aliases: override.aliases ?? aliases };
}

function vendorOf(id: string): Pick<Model, 'id' | 'vendor' | 'simulated'> {
  const vendor = id.slice(0, id.indexOf('/'));
  return { id, vendor, simulated: vendor === 'simulation' };
}

function toHost(host: {
  readonly provider: string;
  readonly model: string;
  readonly price: PriceEntry | null;
}): Host {
  return { provider: host.provider, model: host.model, price: toPrice(host.price) };
}

function withPrice(host: Host, prices: Readonly<Record<string, PriceEntry | null>>): Host {
  const price = prices[host.provider];
  return price === undefined ? host : { ...host, price: toPrice(price) };
}

function toPrice(entry: PriceEntry | null): Price | null {
  if (entry === null) return null;
  return {
    ...toRates(entry),
    asOf: entry.as_of ?? null,
    source: entry.source ?? 'configuration',
    tiers: entry.tiers.map((tier) => ({
      ...toRates(tier),
      aboveInputTokens: tier.above_input_tokens,
    })),
  };
}

function toRates(
  entry: Pick<PriceEntry, 'input' | 'output' | 'cache_read' | 'cache_write' | 'cache_write_1h'>,
): Rates {
  return {
    input: entry.input,
    output: entry.output,
    cacheRead: entry.cache_read,
    cacheWrite: entry.cache_write,
    cacheWriteHour: entry.cache_write_1h,
  };
}

function toSpeed(entry: NonNullable<ModelOverride['speed']> | null): Model['speed'] {
  return entry && { firstTokenMs: entry.first_token_ms, tokensPerS: entry.tokens_per_s };
}

function stated(scores: readonly (readonly [string, number | undefined])[]): Model['benchmarks'] {
  const found: Record<string, number> = {};
  for (const [name, score] of scores) {
    if (score !== undefined) found[name] = score;
  }
  return found;
}

function orKept<T>(value: T | undefined, kept: T): T {
  return value === undefined ? kept : value;
}
