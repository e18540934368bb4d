import { KeyRing } from '../admit/keys.js';
import type { AnswerLengthTracker } from '../account/answer-length.js';
import type { SpeedTracker } from '../account/speed.js';
import { isCacheEnabled, type CacheSettings } from '../cache/settings.js';
import { providerSettings } from '../config/providers.js';
import type { Config } from '../config/schema.js';
import type { SourcedConfig } from '../config/source.js';
import { throwOnErrors, type Fault } from '../core/errors.js';
import { isLoopback } from '../core/loopback.js';
import {
  enabledProviders,
  loadRoutingInputs,
  type RoutingInputHooks,
  type RoutingInputs,
  type LoadedPredictor,
} from './routing-inputs.js';
import { folderFaults } from './folder-faults.js';
import { nameFaults } from './name-faults.js';
import { FeedbackPredictor, type FeedbackMemory } from '../route/local/feedback-memory.js';
import type { Predictor } from '../route/predictor.js';
import type { RuleFailure, RuleSet } from '../route/rules/rule-set.js';
import { loadTestedRules } from '../route/rules/load-tested.js';
import { Router, type RouterParts } from '../route/router.js';
import { rulesTestRouter } from './offline-router.js';
import { Setup } from '../request/setup.js';
import type { Shipped } from './shipped.js';
import { openUpstreams } from '../upstream/call.js';
import { resolveProvider, type Provider } from '../upstream/providers.js';
import { CircuitBreakers, type BreakerChange } from '../upstream/circuit-breakers.js';

/** What an assembly needs from, and reports to, its surroundings. */
export interface AssemblyHooks extends RoutingInputHooks {
  readonly version: string;
  readonly speed: SpeedTracker;
  readonly length: AnswerLengthTracker;
  readonly onPredictorFault: (error: unknown) => void;
  readonly onRuleFailure: (failure: RuleFailure) => void;
  /** A place begins to rest or has recovered; absent where no model is called. */
  readonly onBreakerChange?: (change: BreakerChange) => void;
  /** Runs work in the background; see `RouterParts.defer`. */
  readonly defer?: (work: () => void) => void;
  /** What was learnt from feedback; absent where there is no server to take any. */
  readonly memory?: FeedbackMemory;
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
  throwOnErrors(await folderFaults(sourced));
  const inputs = await loadRoutingInputs(sourced, shipped, hooks);
  try {
    return await assembleOn(inputs, sourced, shipped, hooks);
  } catch (error) {
    inputs.predictor.encoder?.release();
    throw error;
  }
}

async function assembleOn(
  inputs: RoutingInputs,
  sourced: SourcedConfig,
  shipped: Shipped,
  hooks: AssemblyHooks,
): Promise<Assembly> {
  const { config } = sourced;
  const { catalog, predictor, served, known } = inputs;
  const { candidates } = inputs.auto;
  const { ruleSet, warnings } = await loadTestedRules(
    config.rules ?? shipped.rules,
    { models: known, choosable: inputs.choosable, keys: config.keys },
    (rules) => rulesTestRouter({ catalog, rules, ...predictor, degraded: null }, candidates),
    hooks.onRuleFailure,
  );
  const providers = providersOf(config);
  const router = openRouter(sourced, inputs, ruleSet, hooks);
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
    circuitBreakers: new CircuitBreakers(hooks.clock, hooks.onBreakerChange),
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
    warnings: [...inputs.warnings, ...names, ...warnings],
  };
}

function openRouter(
  { config }: SourcedConfig,
  { catalog, predictor, auto }: RoutingInputs,
  rules: RuleSet,
  hooks: AssemblyHooks,
): Router {
  return new Router({
    models: auto.candidates,
    noModelsReason: auto.none?.why ?? null,
    predictor: remembering(predictor, config, hooks.memory),
    fallbackPredictor: predictor.encoder?.standIn,
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
    return throwOnErrors(nameFaults(sourced, setup));
  } catch (error) {
    setup.retire();
    throw error;
  }
}

function remembering(
  { predictor, base }: LoadedPredictor,
  { adaptation }: Config,
  memory: FeedbackMemory | undefined,
): Predictor {
  const learns = adaptation.memory && base.revision !== 'heuristic';
  if (memory === undefined || !learns) return predictor;
  // Requests that began before a reload still use the old predictor, while the memory belongs to the new one.
  return new FeedbackPredictor(predictor, memory, base.revision);
}

/** The cache settings, including those of single keys. */
export function cacheSettingsOf({ cache, keys }: Config): CacheSettings {
  const callers = Object.fromEntries(
    keys.map(({ name, cache: keyCache }) => [name, keyCache ?? {}]),
  );
  return { ...cache, callers };
}

function keysOf({ keys, server }: Config): KeyRing {
  return new KeyRing(keys, {
    allowed: server.corsOrigins ?? null,
    isLocal: isLoopback(server.host),
  });
}

function cachingOf(config: Config): CacheSettings | null {
  const settings = cacheSettingsOf(config);
  return isCacheEnabled(settings) ? settings : null;
}

function sketchesFor({ base }: LoadedPredictor, { adaptation }: Config): RouterParts['sketches'] {
  return adaptation.feedback ? { predictor: base.revision, text: adaptation.keepText } : null;
}

function providersOf(config: Config): ReadonlyMap<string, Provider> {
  return new Map(
    enabledProviders(config).map(([name, settings]) => {
      const resolved = resolveProvider(name, providerSettings(settings));
      // The validation of the configuration has refused providers that cannot be resolved.
      if (!resolved.ok) throw new Error(resolved.why);
      return [name, resolved.provider];
    }),
  );
}
