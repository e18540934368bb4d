import type { DecisionLog } from '../account/decision-log.js';
import { MAX_MESSAGE_CHARS } from '../account/request-log.js';
import type { Ledger } from '../account/settle.js';
import { AnswerLengthTracker } from '../account/answer-length.js';
import { SpeedTracker } from '../account/speed.js';
import { isSemanticEnabled } from '../cache/settings.js';
import { assemble, cacheSettingsOf, type Assembly, type AssemblyHooks } from './assemble.js';
import type { Shipped } from './shipped.js';
import { reloadFaults } from '../config/reload-check.js';
import type { Config } from '../config/schema.js';
import type { ConfigSource, SourcedConfig } from '../config/source.js';
import type { Clock } from '../core/clock.js';
import { formatFault, throwOnErrors } from '../core/errors.js';
import { FeedbackService, openFeedbackStore } from '../request/feedback-service.js';
import type { OpenJudge } from './open-judge.js';
import { headStoreIn } from '../route/local/adapt.js';
import { FeedbackMemory } from '../route/local/feedback-memory.js';
import type { CompactRouting } from '../route/compact-routing.js';
import { testFileOf } from '../route/rules/test-file.js';
import type { Log } from '../telemetry/log.js';
import type { Metrics } from '../telemetry/metrics.js';

/** Options of the app. */
export interface AppOptions {
  readonly source: ConfigSource;
  readonly shipped: Shipped;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Loads the judge of whether two questions mean the same; by default the verifier that ships with Suffice. */
  readonly openJudge?: OpenJudge;
}

/** The active configuration, and the assembly built from it. */
export interface ActiveConfig {
  readonly sourced: SourcedConfig;
  readonly assembly: Assembly;
}

const MEANWHILE =
  'it will be retried, and the predictor that ships with Suffice decides until then';

/** The hooks of a running server: they log and count. */
export function hooksFor(
  { clock, log, version }: AppOptions,
  metrics: Metrics,
): Required<AssemblyHooks> {
  return {
    clock,
    version,
    speed: new SpeedTracker(clock),
    length: new AnswerLengthTracker(),
    memory: new FeedbackMemory(),
    defer: (work) => {
      setImmediate(work);
    },
    onPredictorMissing: (error) => {
      log.error({ reason: error.message }, 'the predictor cannot be used; decisions are heuristic');
    },
    onEncoderMissing: (error) => {
      log.error({ reason: error.message }, `the encoder cannot be opened; ${MEANWHILE}`);
    },
    onEncoderChange: (error) => {
      if (error === null) log.info('the encoder is open again');
      else log.error({ reason: error.message }, `the encoder failed; ${MEANWHILE}`);
    },
    onTuningUnusable: (error) => {
      log.error({ reason: error.message }, 'the tuned head cannot be used; decisions are untuned');
    },
    onPredictorFault: (error) => {
      log.error({ err: error }, 'the predictor failed; this decision is heuristic');
    },
    onBreakerChange: ({ upstream, cause, restingCount }) => {
      metrics.resting.set(restingCount);
      if (cause === null) log.info({ upstream }, 'upstream has recovered');
      else {
        const message = cause.message.slice(0, MAX_MESSAGE_CHARS);
        log.warn(
          { upstream, error: cause.code, message },
          'upstream keeps failing; others are tried first',
        );
      }
    },
    onRuleFailure: ({ rule, place, message, isNew }) => {
      metrics.ruleFaults.inc({ rule });
      if (isNew)
        log.warn(
          { rule, place, reason: message },
          'a rule condition could not be evaluated and counts as not matching',
        );
    },
  };
}

/** Opens the service for feedback; `null` if feedback is off. */
export async function openFeedback(
  { sourced, assembly }: ActiveConfig,
  parts: Pick<Ledger, 'clock' | 'metrics' | 'log'> &
    Required<Pick<AssemblyHooks, 'memory'>> & { readonly decisions: DecisionLog<CompactRouting> },
): Promise<FeedbackService | null> {
  const { feedback, maxEntries } = sourced.config.adaptation;
  if (!feedback) return null;
  const { log, metrics, ...rest } = parts;
  const onDamage = (lines: number): void => {
    log.warn({ lines }, 'unreadable lines of the feedback file are skipped');
  };
  const { adaptationFolder, predictor } = assembly;
  const store = await openFeedbackStore(
    { folder: adaptationFolder, maxEntries, onDamage },
    predictor.base,
  );
  return new FeedbackService({
    ...rest,
    store,
    onStored: ({ scores }) => {
      for (const model of Object.keys(scores)) metrics.feedback.inc({ model });
    },
  });
}

/** Called with files before they are read, and awaited. */
export type WillRead = (files: readonly string[]) => Promise<void>;

/**
 * Loads the configuration and builds what requests need.
 *
 * @param previous - the active configuration, `null` at the start
 * @param willRead - called with all files that the configuration names
 * @throws {FaultyFileError} for errors in the configuration or rules, failed rules tests, or changes that a
 *   running gateway must not make
 */
export async function loadConfig(
  options: AppOptions,
  hooks: AssemblyHooks,
  previous: ActiveConfig | null,
  willRead: WillRead = () => Promise.resolve(),
): Promise<ActiveConfig> {
  const read = await options.source.load();
  const sourced = previous === null ? read : checkChange(previous.sourced, read);
  await willRead(filesOf(sourced, options.shipped));
  const assembly = await assemble(sourced, options.shipped, hooks);
  return { sourced, assembly };
}

/** All files to watch for changes: configuration, rules, their tests, the pointer to a tuned head. */
export function filesOf({ file, config }: SourcedConfig, shipped: Shipped): readonly string[] {
  const rules = config.rules ?? shipped.rules;
  const { pointerFile } = headStoreIn(config.adaptation.folder);
  return [rules, testFileOf(rules), pointerFile, ...(file === null ? [] : [file])];
}

function checkChange(previous: SourcedConfig, next: SourcedConfig): SourcedConfig {
  const found = throwOnErrors(reloadFaults(previous, next));
  return { ...next, warnings: [...next.warnings, ...found] };
}

/** Identifies the active configuration, for logs and `/readyz`. */
export function revisions({ sourced, assembly }: ActiveConfig): Record<string, unknown> {
  return {
    config: sourced.file ?? 'environment',
    configRevision: sourced.revision,
    rulesFile: assembly.rules.file,
    ...assembly.setup.router.receipt,
    tunedHead: assembly.predictor.head?.id ?? null,
  };
}

/** Why decisions are degraded now; `null` if they are not. */
export function degradedReason({ predictor: { degraded, encoder } }: Assembly): string | null {
  return degraded ?? encoder?.lack() ?? null;
}

/** All warnings of a configuration and its assembly. */
export function warningsOf({ sourced, assembly }: ActiveConfig): readonly string[] {
  return [...sourced.warnings, ...assembly.warnings].map(formatFault);
}

/** Whether configurations differ in options that are read at the start only: where to listen, and what holds memory or files. */
export function needsRestart(previous: Config, next: Config): boolean {
  return JSON.stringify(fixedIn(previous)) !== JSON.stringify(fixedIn(next));
}

function fixedIn(config: Config): unknown {
  const { host, port, maxHeaderBytes, headerTimeoutMs, bodyTimeoutMs, keepAliveTimeoutMs } =
    config.server;
  const { folder, maxBytes, maxEntryBytes, saveEveryS, redis } = config.cache;
  return [
    ...[host, port, maxHeaderBytes, headerTimeoutMs, bodyTimeoutMs, keepAliveTimeoutMs],
    ...[
      folder,
      maxBytes,
      maxEntryBytes,
      saveEveryS,
      redis,
      isSemanticEnabled(cacheSettingsOf(config)),
    ],
    config.decisions,
    config.adaptation,
  ];
}
