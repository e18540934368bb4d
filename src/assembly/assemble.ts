import { KeyRing } from '../admit/keys.js';
import type { LengthMeter } from '../account/answer-length.js';
import type { SpeedMeter } from '../account/speed.js';
import { isCaching, type CacheSettings } from '../cache/settings.js';
import { providerSettings } from '../config/providers.js';
import type { Config } from '../config/schema.js';
import type { SourcedConfig } from '../config/source.js';
import { refuseErrors, type Fault } from '../core/errors.js';
import { isLoopback } from '../core/loopback.js';
import {
  inUse,
  layGround,
  type GroundHooks,
  type Groundwork,
  type LoadedPredictor,
} from './groundwork.js';
import { folderFaults } from './folder-faults.js';
import { nameFaults } from './name-faults.js';
import { RememberingPredictor, type NeighbourMemory } from '../route/local/neighbour-memory.js';
import type { Predictor } from '../route/predictor.js';
import type { RuleFailure, RuleSet } from '../route/rules/rule-set.js';
import { loadTestedRules } from '../route/rules/tested.js';
import { Router, type RouterParts } from '../route/router.js';
import { rehearsal } from './route-desk.js';
import { Setup } from '../request/setup.js';
import type { Shipped } from './shipped.js';
import { openUpstreams } from '../upstream/call.js';
import { resolveProvider, type Provider } from '../upstream/providers.js';
import { RestingPlaces, type RestChange } from '../upstream/resting.js';

/** What an assembly needs from, and reports to, its surroundings. */
export interface AssemblyHooks extends GroundHooks {
  readonly version: string;
  readonly speed: SpeedMeter;
  readonly length: LengthMeter;
  readonly onPredictorFault: (error: unknown) => void;
  readonly onRuleFailure: (failure: RuleFailure) => void;
  /** A place begins to rest or has recovered; absent where no model is called. */
  readonly onRestChange?: (change: RestChange) => void;
  /** Runs work in the background; see `RouterParts.defer`. */
  readonly defer?: (work: () => void) => void;
  /** What was learnt from feedback; absent where there is no server to take any. */
  readonly memory?: NeighbourMemory;
}

/** Everything a request needs, built from a configuration and the files that ship with Suffice. */
export interface Assembly {
  readonly setup: Setup;
  readonly rules: RuleSet;
  readonly predictor: LoadedPredictor;
  /** Absolute path of the folder with tuned heads and feedback. */
  readonly adaptationFolder: string;
  /** Faults in names, models and rules that do not prevent their use. */
  readonly warnings: readonly Fault[];
}

/**
 * Builds the setup of a configuration.
 *
 * @throws {FaultyFileError} for rules, catalog entries, names or folders that cannot be used, failed tests included
 */
export async function assemble(
  sourced: SourcedConfig,
  shipped: Shipped,
  hooks: AssemblyHooks,
): Promise<Assembly> {
  refuseErrors(await folderFaults(sourced));
  const ground = await layGround(sourced, shipped, hooks);
  try {
    return await assembleOn(ground, sourced, shipped, hooks);
  } catch (error) {
    ground.predictor.encoder?.release();
    throw error;
  }
}

async function assembleOn(
  ground: Groundwork,
  sourced: SourcedConfig,
  shipped: Shipped,
  hooks: AssemblyHooks,
): Promise<Assembly> {
  const { config } = sourced;
  const { catalog, predictor, served, known } = ground;
  const { candidates } = ground.auto;
  const { ruleSet, warnings } = await loadTestedRules(
    config.rules ?? shipped.rules,
    { models: known, choosable: ground.choosable, keys: config.keys },
    (rules) => rehearsal({ catalog, rules, ...predictor, degraded: null }, candidates),
    hooks.onRuleFailure,
  );
  const providers = providersOf(config);
  const router = openRouter(sourced, ground, ruleSet, hooks);
  const upstreams = openUpstreams({
    providers,
    clock: hooks.clock,
    version: hooks.version,
    timeouts: config.timeouts,
    simulatedSpeed: (upstream) => catalog.models.get(upstream.modelId)?.speed ?? null,
  });
  const setup = new Setup({
    keys: keysOf(config),
    catalog,
    router,
    encoder: predictor.encoder,
    served,
    providers,
    upstreams,
    resting: new RestingPlaces(hooks.clock, hooks.onRestChange),
    aliases: config.aliases,
    dailyBudgetUsd: config.budget.dailyUsd,
    promptCacheMs: config.router.promptCacheMs,
    maxAttempts: config.router.maxAttempts,
    onLoss: config.translation.onLoss,
    caching: cachingOf(config),
  });
  const names = checkNames(sourced, setup);
  return {
    setup,
    rules: ruleSet,
    predictor,
    adaptationFolder: config.adaptation.folder,
    warnings: [...ground.warnings, ...names, ...warnings],
  };
}

function openRouter(
  { config }: SourcedConfig,
  { catalog, predictor, auto }: Groundwork,
  rules: RuleSet,
  hooks: AssemblyHooks,
): Router {
  return new Router({
    models: auto.candidates,
    whyNone: auto.none?.why ?? null,
    predictor: remembering(predictor, config, hooks.memory),
    standIn: predictor.encoder?.standIn,
    degraded: predictor.degraded,
    sketches: sketchesFor(predictor, config),
    rules,
    catalogRevision: catalog.revision,
    speedOf: (model, published) => hooks.speed.speedOf(model, published),
    lengthOf: (model, withTools) => hooks.length.factorOf(model, withTools),
    defer: hooks.defer,
    onPredictorFault: hooks.onPredictorFault,
  });
}

/** @throws {FaultyFileError} for names that do not resolve; the setup is then closed */
function checkNames(sourced: SourcedConfig, setup: Setup): readonly Fault[] {
  try {
    return refuseErrors(nameFaults(sourced, setup));
  } catch (error) {
    setup.retire();
    throw error;
  }
}

function remembering(
  { predictor, base }: LoadedPredictor,
  { adaptation }: Config,
  memory: NeighbourMemory | undefined,
): Predictor {
  const learns = adaptation.memory && base.revision !== 'heuristic';
  if (memory === undefined || !learns) return predictor;
  // Requests that began before a reload still use the old predictor, while the memory belongs to the new one.
  return new RememberingPredictor(predictor, memory, base.revision);
}

/** The cache settings, including those of single keys. */
export function cachingIn({ cache, keys }: Config): CacheSettings {
  const callers = Object.fromEntries(keys.map(({ name, cache: own }) => [name, own ?? {}]));
  return { ...cache, callers };
}

function keysOf({ keys, server }: Config): KeyRing {
  return new KeyRing(keys, {
    allowed: server.corsOrigins ?? null,
    isLocal: isLoopback(server.host),
  });
}

function cachingOf(config: Config): CacheSettings | null {
  const settings = cachingIn(config);
  return isCaching(settings) ? settings : null;
}

function sketchesFor({ base }: LoadedPredictor, { adaptation }: Config): RouterParts['sketches'] {
  return adaptation.feedback ? { predictor: base.revision, text: adaptation.keepText } : null;
}

function providersOf(config: Config): ReadonlyMap<string, Provider> {
  return new Map(
    inUse(config).map(([name, settings]) => {
      const resolved = resolveProvider(name, providerSettings(settings));
      // The validation of the configuration has refused providers that cannot be resolved.
      if (!resolved.ok) throw new Error(resolved.why);
      return [name, resolved.provider];
    }),
  );
}
