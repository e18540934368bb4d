import { LengthMeter } from '../account/answer-length.js';
import { SpeedMeter } from '../account/speed.js';
import { assemble, type Assembly } from '../assembly/assemble.js';
import { configSource } from '../config/source.js';
import type { InForce } from '../assembly/in-force.js';
import { ollamaBaseUrl } from '../config/providers.js';
import { formatFault } from '../core/errors.js';
import { probeOllama } from '../upstream/local.js';
import { RouteDesk, routerOver } from '../assembly/route-desk.js';
import type { DeskOptions } from './route.js';
import type { ServeContext } from './serve.js';

/** What commands need that look at a configuration. */
export type InForceContext = Pick<ServeContext, 'io' | 'shipped' | 'clock' | 'version'>;

/** What a server with this configuration would be made of, without a server; tells of warnings on standard error. */
export async function assembleFor(
  config: string | null,
  context: InForceContext,
): Promise<Assembly> {
  return (await toldOf(config, context)).assembly;
}

async function toldOf(config: string | null, context: InForceContext): Promise<InForce> {
  const inForce = await inForceFor(config, context);
  for (const warning of inForce.sourced.warnings) context.io.err(`${formatFault(warning)}\n`);
  return inForce;
}

/** What would be in force in a server with this configuration. */
export async function inForceFor(
  config: string | null,
  { io, shipped, clock, version }: InForceContext,
): Promise<InForce> {
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
    speed: new SpeedMeter(clock),
    length: new LengthMeter(),
    // A person or a bench is looking at single decisions: a heuristic one would only mislead.
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
 * Opens a desk at which decisions are made as a server with this configuration would make them.
 *
 * @throws {FaultyFileError} when configuration or rules are not in order
 * @throws {ArtefactError} when the predictor cannot be used
 */
export async function openDesk(request: DeskOptions, context: InForceContext): Promise<RouteDesk> {
  const { sourced, assembly } = await toldOf(request.config, context);
  const { setup, rules, predictor } = assembly;
  const router =
    request.models === null
      ? setup.router
      : routerOver(request.models, {
          catalog: setup.catalog,
          rules,
          predictor: predictor.predictor,
        });
  return new RouteDesk(router, request.models !== null, {
    meant: (name) => setup.meant(name),
    keys: sourced.config.keys,
    keysMatter: rules.rules.some(({ reads }) => reads.has('aside')),
    dailyBudgetUsd: setup.dailyBudgetUsd,
    reader: setup.reader,
  });
}
