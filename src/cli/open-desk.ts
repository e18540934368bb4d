import { AnswerLengthTracker } from '../account/answer-length.js';
import { SpeedTracker } from '../account/speed.js';
import { assemble, type Assembly } from '../assembly/assemble.js';
import { configSource } from '../config/source.js';
import type { ActiveConfig } from '../assembly/active-config.js';
import { ollamaBaseUrl } from '../config/providers.js';
import { formatFault } from '../core/errors.js';
import { probeOllama } from '../upstream/probe-ollama.js';
import { OfflineRouter, routerOver } from '../assembly/offline-router.js';
import type { DeskOptions } from './route.js';
import type { ServeContext } from './serve.js';

/** Dependencies of commands that load a configuration. */
export type InForceContext = Pick<ServeContext, 'io' | 'shipped' | 'clock' | 'version'>;

/** Builds what a server with this configuration would use, without starting one. Prints warnings to standard error. */
export async function assembleFor(
  config: string | null,
  context: InForceContext,
): Promise<Assembly> {
  return (await inForceWithWarnings(config, context)).assembly;
}

async function inForceWithWarnings(
  config: string | null,
  context: InForceContext,
): Promise<ActiveConfig> {
  const inForce = await inForceFor(config, context);
  for (const warning of inForce.sourced.warnings) context.io.err(`${formatFault(warning)}\n`);
  return inForce;
}

/** Loads a configuration and builds what a server would put in force. */
export async function inForceFor(
  config: string | null,
  { io, shipped, clock, version }: InForceContext,
): Promise<ActiveConfig> {
  const source = configSource({
    file: config,
    overrides: {},
    env: io.env,
    ollamaModels: () => probeOllama(ollamaBaseUrl(io.env)),
  });
  const sourced = await source.load();
  const assembly = await assemble(sourced, shipped, {
    clock,
    version,
    speed: new SpeedTracker(clock),
    length: new AnswerLengthTracker(),
    // The command shows single decisions, for which the heuristic would be misleading.
    onPredictorMissing: (error) => {
      throw error;
    },
    onEncoderMissing: (error) => {
      throw error;
    },
    onTuningUnusable: (error) => {
      io.err(`warning: decisions are untuned: ${error.message}\n`);
    },
    onPredictorFault: (error) => {
      throw error;
    },
    onRuleFailure: ({ place, rule, message }) => {
      io.err(`${place}: warning: rule "${rule}" counts as not matched: ${message}\n`);
    },
  });
  return { sourced, assembly };
}

/**
 * Makes an `OfflineRouter` that decides as a server with this configuration would.
 *
 * @throws {FaultyFileError} the configuration or rules are faulty
 * @throws {ArtefactError} the predictor cannot be used
 */
export async function openDesk(
  request: DeskOptions,
  context: InForceContext,
): Promise<OfflineRouter> {
  const { sourced, assembly } = await inForceWithWarnings(request.config, context);
  const { setup, rules, predictor } = assembly;
  const router =
    request.models === null
      ? setup.router
      : routerOver(request.models, {
          catalog: setup.catalog,
          rules,
          predictor: predictor.predictor,
        });
  return new OfflineRouter(router, request.models !== null, {
    resolveAlias: (name) => setup.resolveAlias(name),
    keys: sourced.config.keys,
    keysMatter: rules.rules.some(({ factKinds }) => factKinds.has('aside')),
    dailyBudgetUsd: setup.dailyBudgetUsd,
    reader: setup.reader,
  });
}
