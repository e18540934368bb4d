import path from 'node:path';
import { KeyRing } from './admit/keys.js';
import type { SpeedMeter } from './account/speed.js';
import { isCaching, type CacheSettings } from './cache/settings.js';
import type { Catalog } from './catalog/catalog.js';
import { blankModel } from './catalog/entry.js';
import type { ModelOverrides } from './catalog/schema.js';
import { providerSettings } from './config/providers.js';
import type { Config } from './config/schema.js';
import type { SourcedConfig } from './config/source.js';
import type { Clock } from './core/clock.js';
import { FaultyFileError, type Fault } from './core/errors.js';
import type { Model, ServedModel } from './core/model.js';
import { heuristicPredictor } from './route/heuristic.js';
import { RememberingPredictor, type NeighbourMemory } from './route/local/neighbour-memory.js';
import { adapted, headStoreIn, type Adapted } from './route/local/adapt.js';
import type { Predictor } from './route/predictor.js';
import { globMatcher } from './route/rules/glob.js';
import type { RuleFailure, RuleSet } from './route/rules/rule-set.js';
import { loadTestedRules } from './route/rules/tested.js';
import { Router, type RoutedModel, type RouterParts } from './route/router.js';
import { rehearsal } from './route-desk.js';
import { stillServed } from './retired.js';
import { servedModels } from './serving.js';
import { Setup } from './setup.js';
import { Shelf } from './shelf.js';
import { openUpstreams } from './upstream/call.js';
import { PROVIDERS, resolveProvider, type Provider } from './upstream/providers.js';

/** What comes with Suffice, by absolute path, and what has been loaded of it. */
export interface Shipped {
  readonly catalog: string;
  readonly artefacts: string;
  readonly rules: string;
  /** Where catalog and artefacts are kept once they are loaded. */
  readonly shelf: Shelf;
}

/** @param root - the folder that package.json is in */
export function shippedWith(root: string): Shipped {
  return {
    catalog: path.join(root, 'models', 'catalog'),
    artefacts: path.join(root, 'models'),
    rules: path.join(root, 'rules', 'default.yaml'),
    shelf: new Shelf(),
  };
}

/** What a setup is told of the outside. */
export interface AssemblyHooks {
  readonly clock: Clock;
  readonly version: string;
  readonly speed: SpeedMeter;
  /** The trained predictor cannot be used; the heuristic takes its place. */
  readonly onPredictorMissing: (error: Error) => void;
  readonly onPredictorFault: (error: unknown) => void;
  /** A tuned head should correct the predictor and cannot; the predictor goes uncorrected. */
  readonly onTuningUnusable: (error: Error) => void;
  readonly onRuleFailure: (failure: RuleFailure) => void;
  /** Runs work when no request waits for it; see `RouterParts.defer`. */
  readonly defer?: (work: () => void) => void;
  /** What feedback has taught, for decisions to mind; absent where there is no server to take any. */
  readonly memory?: NeighbourMemory;
}

/** Everything a request needs, made of a configuration and what comes with Suffice. */
export interface Assembly {
  readonly setup: Setup;
  readonly rules: RuleSet;
  readonly predictor: LoadedPredictor;
  /** Where heads and feedback lie; absolute. */
  readonly adaptationFolder: string;
  /** What the rules' checks found that does not keep them from being used. */
  readonly warnings: readonly Fault[];
}

/** A predictor, and why it is not the trained one if it should have been. */
export interface LoadedPredictor {
  readonly predictor: Predictor;
  readonly degraded: string | null;
  /** The predictor as it comes, without what was learnt here. */
  readonly base: Predictor;
  /** The tuned head in force, `null` for none. */
  readonly head: Adapted['head'];
}

/** All that decisions are made from, but the rules. */
export interface Groundwork {
  readonly catalog: Catalog;
  readonly predictor: LoadedPredictor;
  /** What this configuration can reach, by id. */
  readonly served: ReadonlyMap<string, ServedModel>;
  /** The served models that may be chosen. */
  readonly candidates: readonly RoutedModel[];
  /** Every model that rules may name: the catalog's, and those that are served besides. */
  readonly known: readonly Model[];
}

/** @throws {FaultyFileError} for catalog entries that cannot be used */
export async function layGround(
  sourced: SourcedConfig,
  shipped: Shipped,
  hooks: Pick<AssemblyHooks, 'clock' | 'onPredictorMissing' | 'onTuningUnusable'>,
): Promise<Groundwork> {
  const { config } = sourced;
  const [shippedCatalog, chosen] = await Promise.all([
    shipped.shelf.catalog(shipped.catalog),
    choosePredictor(config, shipped, hooks),
  ]);
  const catalog = overriddenCatalog(shippedCatalog, sourced);
  const served = servedModels(catalog, servingProviders(config));
  const known = new Map([
    ...catalog.models,
    ...[...served].map(([id, { model }]) => [id, model] as const),
  ]);
  const candidates = candidatesOf(config, served, hooks.clock);
  const predictor = await tuned(chosen, config, catalog, hooks);
  return { catalog, predictor, served, candidates, known: [...known.values()] };
}

/**
 * @throws {FaultyFileError} for rules or catalog entries that cannot be used, failed tests included
 */
export async function assemble(
  sourced: SourcedConfig,
  shipped: Shipped,
  hooks: AssemblyHooks,
): Promise<Assembly> {
  const { config } = sourced;
  const ground = await layGround(sourced, shipped, hooks);
  const { catalog, predictor, served, candidates, known } = ground;
  const { ruleSet, warnings } = await loadTestedRules(
    config.rules ?? shipped.rules,
    known,
    (rules) => rehearsal({ catalog, rules, predictor: predictor.predictor }, candidates),
    hooks.onRuleFailure,
  );
  const providers = providersOf(config);
  const router = new Router({
    models: candidates,
    predictor: remembering(predictor, config, hooks.memory),
    degraded: predictor.degraded,
    sketches: sketchesFor(predictor, config),
    rules: ruleSet,
    catalogRevision: catalog.revision,
    measuredSpeed: (model) => hooks.speed.speedOf(model),
    defer: hooks.defer,
    onPredictorFault: hooks.onPredictorFault,
  });
  const upstreams = openUpstreams({
    providers,
    clock: hooks.clock,
    version: hooks.version,
    timeouts: config.timeouts,
    simulatedSpeed: (upstream) => catalog.models.get(upstream.modelId)?.speed ?? null,
  });
  const setup = new Setup({
    keys: new KeyRing(config.keys),
    catalog,
    router,
    served,
    providers,
    upstreams,
    aliases: config.aliases,
    dailyBudgetUsd: config.budget.dailyUsd,
    maxAttempts: config.router.maxAttempts,
    onLoss: config.translation.onLoss,
    caching: cachingOf(config),
  });
  const { folder: adaptationFolder } = config.adaptation;
  return { setup, rules: ruleSet, predictor, adaptationFolder, warnings };
}

/** @throws {FaultyFileError} with every override that the catalog cannot take, at its line */
function overriddenCatalog(catalog: Catalog, { config, fault }: SourcedConfig): Catalog {
  const overrides = withOwnHosts(config, catalog);
  const faults = catalog.overrideFaults(overrides);
  if (faults.length > 0) {
    throw new FaultyFileError(
      faults.map(({ path: at, message }) => fault(['models', ...at], message)),
    );
  }
  return catalog.withOverrides(overrides);
}

/** A model that a provider lists as its own runs there; saying so again under `models` is not asked for. */
function withOwnHosts(config: Config, catalog: Catalog): ModelOverrides {
  const own = new Map(
    inUse(config).flatMap(([provider, { models }]) =>
      models.map(
        (model) =>
          [`${provider}/${model}`.toLowerCase(), { provider, model, price: null }] as const,
      ),
    ),
  );
  return Object.fromEntries(
    Object.entries(config.models).map(([id, override]) => {
      const host = own.get(id);
      const isKnown = override.hosts !== undefined || catalog.models.has(id);
      return [id, isKnown || host === undefined ? override : { ...override, hosts: [host] }];
    }),
  );
}

/**
 * The predictor that the configuration asks for.
 *
 * Missing or altered artefacts do not stop the gateway: requests are still answered, by the
 * heuristic, and every one of them says so.
 */
async function choosePredictor(
  config: Config,
  shipped: Shipped,
  hooks: Pick<AssemblyHooks, 'onPredictorMissing'>,
): Promise<ChosenPredictor> {
  if (config.router.predictor === 'heuristic') {
    return { predictor: heuristicPredictor(), degraded: null };
  }
  try {
    const folder = config.router.artefacts ?? shipped.artefacts;
    return { predictor: await shipped.shelf.predictor(folder), degraded: null };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    hooks.onPredictorMissing(error);
    return { predictor: heuristicPredictor(), degraded: 'predictor_unavailable' };
  }
}

interface ChosenPredictor {
  readonly predictor: Predictor;
  readonly degraded: string | null;
}

/** The predictor with the head that was tuned here, if one is in force and fits. */
async function tuned(
  { predictor: base, degraded }: ChosenPredictor,
  { adaptation }: Config,
  catalog: Catalog,
  hooks: Pick<AssemblyHooks, 'onTuningUnusable'>,
): Promise<LoadedPredictor> {
  const store = headStoreIn(adaptation.folder);
  const { predictor, head, fault } = await adapted(base, store, (name) =>
    gradedModel(name, catalog),
  );
  if (fault !== null) hooks.onTuningUnusable(fault);
  const trouble = fault === null ? null : 'tuning_unusable';
  return { predictor, base, head, degraded: degraded ?? trouble };
}

function remembering(
  { predictor, base }: LoadedPredictor,
  { adaptation }: Config,
  memory: NeighbourMemory | undefined,
): Predictor {
  const learns = adaptation.memory && base.revision !== 'heuristic';
  return memory === undefined || !learns ? predictor : new RememberingPredictor(predictor, memory);
}

/** What the configuration says of the cache, keys included. */
export function cachingIn({ cache, keys }: Config): CacheSettings {
  const callers = Object.fromEntries(keys.map(({ name, cache: own }) => [name, own ?? {}]));
  return { ...cache, callers };
}

function cachingOf(config: Config): CacheSettings | null {
  const settings = cachingIn(config);
  return isCaching(settings) ? settings : null;
}

function sketchesFor({ base }: LoadedPredictor, { adaptation }: Config): RouterParts['sketches'] {
  return adaptation.feedback ? { predictor: base.revision, text: adaptation.keepText } : null;
}

/** What is known of a model that somebody graded under this name. */
export function gradedModel(name: string, catalog: Catalog): Model {
  const known = catalog.find(name);
  // The name itself stays: answers may have been graded under the very name the predictor knows.
  return known === undefined ? blankModel(name).model : { ...known, id: name };
}

function inUse(config: Config): [string, Config['providers'][string]][] {
  return Object.entries(config.providers).filter(([, settings]) => settings.enabled);
}

function providersOf(config: Config): ReadonlyMap<string, Provider> {
  return new Map(
    inUse(config).map(([name, settings]) => {
      const resolved = resolveProvider(name, providerSettings(settings));
      // The configuration's own checks have refused what cannot be resolved.
      if (!resolved.ok) throw new Error(resolved.why);
      return [name, resolved.provider];
    }),
  );
}

function servingProviders(config: Config): Parameters<typeof servedModels>[1] {
  return inUse(config).map(([name, { models, dialect: own }]) => {
    const row = PROVIDERS.find((known) => known.name === name);
    const hosted = row !== undefined && row.auth !== 'none';
    const dialect = own ?? row?.dialect ?? 'openai';
    const local = row?.auth === 'none';
    return { name, models, listed: models.length > 0 && !hosted, local, dialect };
  });
}

function candidatesOf(
  config: Config,
  served: ReadonlyMap<string, ServedModel>,
  clock: Clock,
): readonly RoutedModel[] {
  const allowed = globMatcher(config.auto.models);
  const excluded = globMatcher(config.auto.exclude);
  const today = new Date(clock.wallMs()).toISOString().slice(0, 'YYYY-MM-DD'.length);
  return (
    [...served.values()]
      .filter(({ model }) => allowed(model.id) && !excluded(model.id))
      // What makes vectors answers nothing.
      .filter(({ model }) => !model.capabilities.has('embeddings'))
      .flatMap((one) => {
        // Whoever writes a model's whole name knows something that the catalog does not.
        if (config.auto.models.includes(one.model.id)) return [one];
        return stillServed(one, today) ?? [];
      })
  );
}
