import type { Catalog } from '../catalog/catalog.js';
import type {
  Capability,
  Host,
  LocalModel,
  Model,
  Price,
  ServedModel,
  Upstream,
} from '../core/model.js';
import { mixtureSize } from '../core/model-size.js';

/** An enabled provider, and the models that the operator lists for it. */
export interface ServingProvider {
  readonly name: string;
  /** Model names as the provider has them; one that the catalog does not know becomes `provider/name`. */
  readonly models: readonly string[];
  /** What it says itself about some of them. */
  readonly stated?: readonly LocalModel[];
  /** The provider serves only these models, whatever the catalog says: a self-hosted server. */
  readonly listed: boolean;
  /** Runs on the operator's own machine, free of charge. */
  readonly local: boolean;
  /** The provider's dialect. */
  readonly dialect?: string;
  /** See `Upstream.responses`. */
  readonly responses?: boolean;
}

/**
 * Works out which models can be reached, and at which providers, the preferred one first.
 *
 * @returns by `vendor/name`, in the catalog's order, then the operator's own
 */
export function servedModels(
  catalog: Catalog,
  providers: readonly ServingProvider[],
): ReadonlyMap<string, ServedModel> {
  const inUse = new Map(providers.map((provider) => [provider.name, provider]));
  const served = new Map<string, ServedModel>();
  for (const model of catalog.models.values()) {
    const upstreams = model.hosts.flatMap((host) => {
      const provider = inUse.get(host.provider);
      return provider !== undefined && isServed(provider, host)
        ? [upstreamAt(model, host, provider)]
        : [];
    });
    const [first, ...others] = upstreams;
    if (first !== undefined) served.set(model.id, { model, upstreams: [first, ...others] });
  }
  for (const provider of providers) {
    for (const name of provider.models) {
      if (isKnownAt(catalog, provider.name, name)) continue;
      const model = ownModel(provider, name, catalog);
      const host = { provider: provider.name, model: name, price: null };
      served.set(model.id, { model, upstreams: [upstreamAt(model, host, provider)] });
    }
  }
  return served;
}

function isServed(provider: ServingProvider, host: Host): boolean {
  return !provider.listed || provider.models.includes(host.model);
}

function isKnownAt(catalog: Catalog, provider: string, name: string): boolean {
  return [...catalog.models.values()].some((model) =>
    model.hosts.some((host) => host.provider === provider && host.model === name),
  );
}

const FREE: Price = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWriteHour: 0,
  asOf: '1970-01-01',
  source: 'runs on your own machine; electricity is not counted',
  tiers: [],
};

function upstreamAt(
  model: Model,
  host: Host,
  { local, dialect, responses }: ServingProvider,
): Upstream {
  return {
    id: `${host.provider}/${host.model}`,
    provider: host.provider,
    modelId: model.id,
    upstreamModel: host.model,
    ...(dialect !== undefined && { dialect }),
    ...(responses === true && { responses }),
    price: host.price ?? (local ? FREE : null),
  };
}

// A self-hosted model is assumed to be capable unless stated otherwise: refusing to route to it would make
// it useless until the operator had described it.
const BLANK = {
  released: null,
  contextWindow: null,
  maxOutputTokens: null,
  capabilities: new Set<Capability>(['tools', 'json_mode', 'json_schema']),
  benchmarks: {},
  speed: null,
};

/**
 * A model that a provider lists and the catalog does not have under this name: with the facts of the same weights if the
 * catalog knows them, else with assumed capabilities.
 *
 * @param name - the provider's
 */
export function ownModel(provider: ServingProvider, name: string, catalog: Catalog): Model {
  const id = `${provider.name}/${name}`.toLowerCase();
  const stated = provider.stated?.find((one) => one.name === name);
  const known =
    catalog.models.get(id) ??
    catalog.find(name) ??
    (provider.local ? catalog.findTag(name, stated?.parameters ?? null) : undefined);
  const own = {
    id,
    vendor: provider.name,
    // The price at other providers does not apply here.
    hosts: [{ provider: provider.name, model: name, price: null }],
    simulated: false,
    ...sizeOf(stated, known),
    ...(stated?.capabilities != null && { capabilities: stated.capabilities }),
  };
  // The same weights have the same capabilities everywhere.
  return known === undefined ? { ...BLANK, displayName: name, ...own } : { ...known, ...own };
}

/** The size that Ollama states; of a mixture of experts, it states that of all experts, which overstates the strength. */
function sizeOf(
  stated: LocalModel | undefined,
  known: Model | undefined,
): Pick<Model, 'parameters'> {
  if (stated === undefined || stated.parameters === null) return {};
  const mixture = mixtureSize(stated.name) ?? mixtureSize(known?.id ?? '');
  return { parameters: mixture ?? stated.parameters };
}
