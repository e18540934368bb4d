import type { Host, Model, Price, Rates } from '../core/model.js';
import type { ModelWithAliases } from './names.js';
import type { CatalogFile, ModelEntry, ModelOverride, PriceEntry } from './schema.js';

/** Converts the models of a catalog file to the internal type. */
export function toModels(file: CatalogFile): readonly ModelWithAliases[] {
  return file.models.map((entry) => toModel(entry, file.sources));
}

function toModel(entry: ModelEntry, sources: CatalogFile['sources']): ModelWithAliases {
  const model: Model = {
    ...vendorOf(entry.id),
    displayName: entry.display_name,
    released: entry.released,
    contextWindow: entry.context_window,
    maxOutputTokens: entry.max_output_tokens,
    capabilities: new Set(entry.capabilities),
    benchmarks: definedScores(
      Object.values(entry.benchmarks).flatMap((scores) => Object.entries(scores)),
    ),
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

/** A model with only its id known: the base for a model that an operator adds. */
export function blankModel(id: string): ModelWithAliases {
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

/** A copy of the model in which every field set in `override` is replaced. */
export function applyOverride(
  { model, aliases }: ModelWithAliases,
  override: ModelOverride,
): ModelWithAliases {
  const hosts = override.hosts?.map(toHost) ?? model.hosts;
  const changed: Model = {
    ...model,
    displayName: override.display_name ?? model.displayName,
    released: valueOr(override.released, model.released),
    contextWindow: valueOr(override.context_window, model.contextWindow),
    maxOutputTokens: valueOr(override.max_output_tokens, model.maxOutputTokens),
    capabilities: override.capabilities ? new Set(override.capabilities) : model.capabilities,
    benchmarks: {
      ...model.benchmarks,
      ...definedScores(Object.entries(override.benchmarks ?? {})),
    },
    parameters: override.parameters ?? model.parameters,
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

function definedScores(
  scores: readonly (readonly [string, number | undefined])[],
): Model['benchmarks'] {
  const found: Record<string, number> = {};
  for (const [name, score] of scores) {
    if (score !== undefined) found[name] = score;
  }
  return found;
}

/** Unlike `??`, keeps `null`: an override may reset a value to unknown. */
function valueOr<T>(value: T | undefined, fallback: T): T {
  return value === undefined ? fallback : value;
}
