import type { Catalog } from '../catalog/catalog.js';
import { blankModel } from '../catalog/entry.js';
import type { ModelOverrides } from '../catalog/schema.js';
import { OLLAMA } from '../config/providers.js';
import type { Config } from '../config/schema.js';
import type { SourcedConfig } from '../config/source.js';
import { FaultyFileError, throwOnErrors, type Fault } from '../core/errors.js';
import type { Model, ServedModel, Upstream } from '../core/model.js';
import { heuristicPredictor } from '../route/heuristic.js';
import { adaptPredictor, headStoreIn, type AdaptationResult } from '../route/local/adapt.js';
import type { FactorPredictor } from '../route/factor-predictor.js';
import type { Predictor } from '../route/predictor.js';
import { autoFaults, autoModels, type AutoModels } from './auto-models.js';
import { ownModel, servedModels, type ServingProvider } from './served-models.js';
import { openOwnEncoder, type EncoderHooks, type OwnEncoder } from './own-encoder.js';
import type { Shipped } from './shipped.js';
import { knownProvider, speaksResponses } from '../upstream/providers.js';

/** The clock, and callbacks for problems found while loading catalog and predictor. */
export interface RoutingInputHooks extends EncoderHooks {
  /** The trained predictor cannot be used; the heuristic takes its place. */
  readonly onPredictorMissing: (error: Error) => void;
  /** A tuned head should correct the predictor and cannot; the predictor goes uncorrected. */
  readonly onTuningUnusable: (error: Error) => void;
}

/** The predictor in use, and why it is degraded if it is. */
export interface LoadedPredictor {
  readonly predictor: Predictor;
  readonly degraded: string | null;
  /** The predictor as loaded, without local tuning. */
  readonly base: Predictor;
  /** The tuned head in force, `null` for none. */
  readonly head: AdaptationResult['head'];
  /** The transformer that embeds prompts for it, to be released with it; `null` for the built-in table. */
  readonly encoder: OwnEncoder | null;
}

/** Everything that decisions depend on, except the rules. */
export interface RoutingInputs {
  readonly catalog: Catalog;
  readonly predictor: LoadedPredictor;
  /** The models that this configuration can reach, by id. */
  readonly served: ReadonlyMap<string, ServedModel>;
  /** The served models that policies may choose from. */
  readonly auto: AutoModels;
  /** Every model that rules may name: the catalog's, and served ones that it lacks. */
  readonly known: readonly Model[];
  /** Names of those that may be chosen; absent if only simulated models are served, which stand in for others. */
  readonly choosable?: readonly string[];
  /** Warnings about the models in the configuration. */
  readonly warnings: readonly Fault[];
}

/**
 * Loads catalog and predictor, and works out which models are served.
 *
 * @throws {FaultyFileError} for catalog entries that cannot be used, or `auto.models` that match no model
 */
export async function loadRoutingInputs(
  sourced: SourcedConfig,
  shipped: Shipped,
  hooks: RoutingInputHooks,
): Promise<RoutingInputs> {
  const shippedCatalog = await shipped.cache.catalog(shipped.catalog);
  const chosen = await choosePredictor(sourced, shipped, hooks);
  try {
    return await layOn({ shippedCatalog, chosen }, sourced, hooks);
  } catch (error) {
    chosen.encoder?.release();
    throw error;
  }
}

async function layOn(
  { shippedCatalog, chosen }: { shippedCatalog: Catalog; chosen: ChosenPredictor },
  sourced: SourcedConfig,
  hooks: RoutingInputHooks,
): Promise<RoutingInputs> {
  const { config } = sourced;
  const providers = servingProviders(sourced);
  const placed = shippedCatalog.withPlaces(placesIn(config));
  const catalog = overriddenCatalog(withOwnModels(placed, providers, config), sourced);
  const served = servedModels(catalog, providers);
  const known = new Map([
    ...catalog.models,
    ...[...served].map(([id, { model }]) => [id, model] as const),
  ]);
  const auto = autoModels(config.auto, served, hooks.clock);
  const warnings = throwOnErrors([
    ...autoFaults(sourced, auto, { served, known }),
    ...idleProviders(sourced, served),
  ]);
  const predictor = await tuned(chosen, config, catalog, hooks);
  const real = auto.candidates.filter(({ model }) => !model.simulated);
  return {
    catalog,
    predictor,
    served,
    auto,
    known: [...known.values()],
    ...(real.length > 0 && { choosable: auto.candidates.map(({ model }) => model.id) }),
    warnings,
  };
}

/** @throws {FaultyFileError} with every override that the catalog cannot apply, at its line */
function overriddenCatalog(catalog: Catalog, { config, fault }: SourcedConfig): Catalog {
  const overrides = withKindPrices(config.models, placesIn(config), catalog);
  const faults = catalog.overrideFaults(overrides);
  if (faults.length > 0) {
    throw new FaultyFileError(
      faults.map(({ path: at, message }) => fault(['models', ...at], message)),
    );
  }
  return catalog.withOverrides(overrides);
}

/** Applies a price that is given for a kind of provider to all providers of that kind without a price of their own. */
function withKindPrices(
  overrides: ModelOverrides,
  places: ReturnType<typeof placesIn>,
  catalog: Catalog,
): ModelOverrides {
  const names = new Set(places.map(({ name }) => name));
  // If a provider has the kind's own name, that name means this provider alone.
  const others = places.filter(({ kind }) => !names.has(kind));
  if (others.length === 0) return overrides;
  return Object.fromEntries(
    Object.entries(overrides).map(([id, override]) => {
      const { prices, hosts } = override;
      // Hosts that the operator lists have prices of their own.
      if (prices === undefined || hosts !== undefined) return [id, override];
      const runsAt = new Set(catalog.models.get(id)?.hosts.map(({ provider }) => provider));
      const added = others.flatMap(({ name, kind }) => {
        const price = prices[kind];
        return price === undefined || !runsAt.has(name) ? [] : [[name, price] as const];
      });
      return [id, { ...override, prices: { ...Object.fromEntries(added), ...prices } }];
    }),
  );
}

/** Adds the models that providers list and `models` describes, so that it need not repeat what is known or assumed of them. */
function withOwnModels(
  catalog: Catalog,
  providers: readonly ServingProvider[],
  { models }: Config,
): Catalog {
  const own = providers.flatMap((provider) =>
    provider.models
      .map((name) => ownModel(provider, name, catalog))
      .filter(({ id }) => Object.hasOwn(models, id) && models[id]?.hosts === undefined),
  );
  return catalog.withModels(own);
}

/**
 * Loads the predictor that the configuration asks for.
 *
 * Missing or altered artefacts do not stop the gateway: the heuristic decides instead, and every
 * reply says so.
 */
async function choosePredictor(
  sourced: SourcedConfig,
  shipped: Shipped,
  hooks: RoutingInputHooks,
): Promise<ChosenPredictor> {
  const { router } = sourced.config;
  if (router.predictor === 'heuristic') {
    return { predictor: heuristicPredictor(), degraded: null, encoder: null };
  }
  let predictor: FactorPredictor;
  try {
    predictor = await shipped.cache.predictor(router.artefacts ?? shipped.artefacts);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    hooks.onPredictorMissing(error);
    return {
      predictor: heuristicPredictor(),
      degraded: 'predictor_unavailable',
      encoder: null,
    };
  }
  const encoder = await openOwnEncoder(predictor, sourced, shipped, hooks);
  return { predictor, degraded: null, encoder };
}

interface ChosenPredictor {
  readonly predictor: Predictor;
  readonly degraded: string | null;
  readonly encoder: OwnEncoder | null;
}

/** Applies the locally tuned head, if there is one and it fits the predictor. */
async function tuned(
  { predictor: base, degraded, encoder }: ChosenPredictor,
  { adaptation }: Config,
  catalog: Catalog,
  hooks: Pick<RoutingInputHooks, 'onTuningUnusable'>,
): Promise<LoadedPredictor> {
  const store = headStoreIn(adaptation.folder);
  const { predictor, head, fault } = await adaptPredictor(base, store, (name) =>
    gradedModel(name, catalog),
  );
  if (fault !== null) hooks.onTuningUnusable(fault);
  const lack = fault === null ? null : 'tuning_unusable';
  return { predictor, base, head, degraded: degraded ?? lack, encoder };
}

/** The model that answers were graded under by this name. */
export function gradedModel(name: string, catalog: Catalog): Model {
  const known = catalog.find(name);
  // The name itself stays: answers may have been graded under the very name the predictor knows.
  return known === undefined ? blankModel(name).model : { ...known, id: name };
}

/** The enabled providers, by name. */
export function enabledProviders(config: Config): [string, Config['providers'][string]][] {
  return Object.entries(config.providers).filter(([, settings]) => settings.enabled);
}

/** Warnings for enabled providers that serve no model. */
function idleProviders(
  { config, fault }: SourcedConfig,
  served: RoutingInputs['served'],
): readonly Fault[] {
  const usedProviders = new Set(
    [...served.values()].flatMap(({ upstreams }) => upstreams.map(providerOf)),
  );
  return enabledProviders(config).flatMap(([name]) => {
    if (usedProviders.has(name)) return [];
    const message =
      `provider "${name}" serves no models, so it receives only requests that are passed through unchanged, such as files; ` +
      'list its models under "models".';
    return [fault(['providers', name], message, 'warning')];
  });
}

function providerOf({ provider }: Upstream): string {
  return provider;
}

/** The enabled providers by name and kind, in the order of the configuration, which is one of preference. */
function placesIn(config: Config): Parameters<Catalog['withPlaces']>[0] {
  return enabledProviders(config).map(([name, { kind = name }]) => ({ name, kind }));
}

function servingProviders({ config, ollama }: SourcedConfig): readonly ServingProvider[] {
  return enabledProviders(config).map(([name, settings]) => {
    const { models, dialect: configuredDialect } = settings;
    const row = knownProvider(name, settings);
    const hosted = row !== undefined && row.auth !== 'none';
    const dialect = configuredDialect ?? row?.dialect ?? 'openai';
    const local = row?.auth === 'none';
    const habits = { dialect, responses: row?.responses ?? false };
    return {
      name,
      models,
      ...(name === OLLAMA && { stated: ollama }),
      listed: models.length > 0 && !hosted,
      local,
      dialect,
      responses: speaksResponses(habits, settings),
    };
  });
}
