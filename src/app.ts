import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DecisionLog } from './account/decision-log.js';
import { FeedbackBook } from './account/feedback.js';
import type { Books } from './account/settle.js';
import { SpeedMeter } from './account/speed.js';
import { DailySpend } from './account/spend.js';
import {
  assemble,
  cachingIn,
  type Assembly,
  type AssemblyHooks,
  type Shipped,
} from './assemble.js';
import { isComparing } from './cache/settings.js';
import type { ConfigSource, SourcedConfig } from './config/source.js';
import type { Clock } from './core/clock.js';
import { FaultyFileError, formatFault } from './core/errors.js';
import { idMaker } from './core/ids.js';
import { anthropic } from './dialects/anthropic/anthropic.js';
import { ThoughtStore } from './dialects/neutral/thought-store.js';
import { openai } from './dialects/openai/openai.js';
import { ResponseStore } from './dialects/responses/response-store.js';
import { responses } from './dialects/responses/responses.js';
import { FeedbackDesk } from './feedback-desk.js';
import { createApp } from './http/app.js';
import { ChatSurface, type ClientLimits } from './http/chat.js';
import { GeminiSurface } from './http/gemini.js';
import { responseKeeper } from './http/responses.js';
import { createServer } from './http/server.js';
import { judgeOf, type OpenJudge } from './open-judge.js';
import { Pipeline } from './pipeline.js';
import { openRecall, type Recall } from './recall/open.js';
import { NeighbourMemory } from './route/local/neighbour-memory.js';
import type { KeptRouting } from './route/kept-routing.js';
import type { Log } from './telemetry/log.js';
import { Metrics } from './telemetry/metrics.js';

/** What an app is started with. */
export interface AppOptions {
  readonly source: ConfigSource;
  readonly shipped: Shipped;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
  /** Loads what decides whether two questions mean the same; absent: what comes with Suffice. */
  readonly openJudge?: OpenJudge;
}

/** A configuration in force, and what was made of it. */
interface InForce {
  readonly sourced: SourcedConfig;
  readonly assembly: Assembly;
}

/** How often a draining server looks for connections that have become idle. */
const DRAIN_POLL_MS = 50;

/** A running gateway: the composition root. */
export class App {
  readonly #options: AppOptions;
  readonly #books: Books;
  readonly #hooks: Required<AssemblyHooks>;
  #inForce: InForce;
  #refused: readonly string[] = [];
  #draining = false;
  #server: Server | null = null;
  #feedback: FeedbackDesk | null = null;
  #recall: Recall | null = null;

  private constructor(
    options: AppOptions,
    hooks: Required<AssemblyHooks>,
    metrics: Metrics,
    first: InForce,
  ) {
    const { clock, log } = options;
    this.#options = options;
    this.#hooks = hooks;
    this.#inForce = first;
    this.#books = {
      clock,
      log,
      metrics,
      speed: hooks.speed,
      spend: new DailySpend(clock),
      logsRequests: () => this.#inForce.sourced.config.log.requests,
    };
  }

  /**
   * Reads everything and listens.
   *
   * @throws {FaultyFileError} when configuration, rules or their tests are not in order
   * @throws {Error} `EADDRINUSE` and its like
   */
  static async start(options: AppOptions): Promise<App> {
    const metrics = new Metrics();
    const hooks = hooksFor(options, metrics);
    const first = await load(options, hooks);
    const app = new App(options, hooks, metrics, first);
    options.log.level = first.sourced.config.log.level;
    await app.#listen();
    return app;
  }

  /** What the gateway answers under. */
  get url(): string {
    const { port } = this.#server?.address() as AddressInfo;
    const { host } = this.#inForce.sourced.config.server;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** What is in force, for the banner. */
  get inForce(): InForce {
    return this.#inForce;
  }

  /**
   * Reads everything anew and puts it in force; requests under way finish as they began.
   *
   * Anything faulty changes nothing: what was in force stays, and log, metric and `/readyz` say so.
   *
   * @returns whether the new state is in force
   */
  async reload(): Promise<boolean> {
    const { metrics, log } = this.#books;
    try {
      const next = await load(this.#options, this.#hooks);
      const previous = this.#inForce;
      this.#inForce = next;
      previous.assembly.setup.retire();
      this.#learn();
      log.level = next.sourced.config.log.level;
      this.#refused = [];
      metrics.configStale.set(0);
      metrics.reloads.inc({ result: 'ok' });
      log.info({ ...revisions(next), warnings: warningsOf(next) }, 'reloaded');
      this.#warnAboutRestart(previous, next);
      return true;
    } catch (error) {
      if (!(error instanceof FaultyFileError)) throw error;
      this.#refused = error.faults.map(formatFault);
      metrics.configStale.set(1);
      metrics.reloads.inc({ result: 'refused' });
      log.error({ faults: this.#refused }, 'reload refused; what was in force stays in force');
      return false;
    }
  }

  /** Stops taking requests, lets those under way finish, then closes everything. */
  async close(): Promise<void> {
    this.#draining = true;
    const server = this.#server;
    const { clock, log } = this.#books;
    const { config } = this.#inForce.sourced;
    if (server !== null) {
      const closed = new Promise((resolve) => server.close(resolve));
      let forgetPoll = (): void => undefined;
      const closeIdle = (): void => {
        server.closeIdleConnections();
        forgetPoll = clock.after(DRAIN_POLL_MS, closeIdle);
      };
      closeIdle();
      const forgetDeadline = clock.after(config.server.drainTimeoutMs, () => {
        log.warn('requests were still under way at the end of server.drain_timeout_ms; cut off');
        server.closeAllConnections();
      });
      await closed;
      forgetDeadline();
      forgetPoll();
    }
    this.#feedback?.close();
    await this.#recall?.close();
    await this.#inForce.assembly.setup.upstreams.close();
  }

  /** Has feedback and metrics follow the head that is in force now. */
  #learn(): void {
    const { base, head } = this.#inForce.assembly.predictor;
    this.#books.metrics.tunedHead.set(head === null ? 0 : Number.parseInt(head.id, 10));
    this.#feedback?.learn(base.revision, head?.stored.record.created ?? '');
  }

  async #listen(): Promise<void> {
    const { config } = this.#inForce.sourced;
    const limits = (): ClientLimits => {
      const { maxBodyBytes, writeStallTimeoutMs } = this.#inForce.sourced.config.server;
      return { maxBodyBytes, writeStallMs: writeStallTimeoutMs };
    };
    const decisions = new DecisionLog<KeptRouting>(config.decisions.keep);
    this.#feedback = await openFeedback(this.#inForce, {
      ...this.#books,
      ...this.#hooks,
      decisions,
    });
    this.#learn();
    const newId = idMaker('dec_');
    const { openJudge: open, shipped } = this.#options;
    const openJudge = judgeOf(config, shipped.artefacts, open);
    const recall = await openRecall(
      { ...config.cache, openJudge, random: Math.random },
      { books: this.#books, decisions, newId },
    );
    this.#recall = recall;
    const pipeline = new Pipeline({
      setup: () => this.#inForce.assembly.setup,
      books: this.#books,
      thoughts: new ThoughtStore(
        this.#books.clock,
        () => this.#inForce.sourced.config.translation.keepThoughtsMs,
      ),
      decisions,
      cache: recall.desk,
      newId,
    });
    const { clock } = this.#books;
    const kept = new ResponseStore(clock, () => this.#inForce.sourced.config.responses);
    const operations = {
      responses: kept,
      readiness: () => ({ ready: !this.#draining, detail: this.#detail() }),
      metricsText: () => this.#books.metrics.registry.metrics(),
      cache: () => ({
        admin: recall.admin,
        settings: this.#inForce.assembly.setup.caching,
      }),
    };
    const server = createServer(
      {
        chat: new ChatSurface(pipeline, openai, clock, limits),
        messages: new ChatSurface(pipeline, anthropic, clock, limits),
        responses: new ChatSurface(pipeline, responses, clock, limits, responseKeeper(kept)),
        gemini: new GeminiSurface(pipeline, clock, limits),
      },
      createApp(pipeline, { ...operations, feedback: () => this.#feedback }, limits),
      {
        maxHeaderBytes: config.server.maxHeaderBytes,
        headerTimeoutMs: config.server.headerTimeoutMs,
        bodyTimeoutMs: config.server.bodyTimeoutMs,
      },
    );
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(config.server.port, config.server.host, resolve);
    });
    this.#server = server;
  }

  #detail(): Record<string, unknown> {
    const { assembly } = this.#inForce;
    return {
      version: this.#options.version,
      ...revisions(this.#inForce),
      models: assembly.setup.served.size,
      degraded: assembly.predictor.degraded,
      stale: this.#refused.length > 0,
      faults: this.#refused,
    };
  }

  #warnAboutRestart(previous: InForce, next: InForce): void {
    const fixed = ({ sourced: { config } }: InForce) => {
      const { host, port, maxHeaderBytes, headerTimeoutMs, bodyTimeoutMs } = config.server;
      return JSON.stringify([
        host,
        port,
        maxHeaderBytes,
        headerTimeoutMs,
        bodyTimeoutMs,
        config.decisions,
        config.adaptation,
        ...[config.cache.folder, config.cache.maxBytes, config.cache.maxEntryBytes],
        ...[config.cache.saveEveryS, isComparing(cachingIn(config))],
      ]);
    };
    if (fixed(previous) === fixed(next)) return;
    this.#books.log.warn(
      'host, port, header limits, decisions.keep, adaptation and where and how much is cached change with a restart only',
    );
  }
}

function hooksFor({ clock, log, version }: AppOptions, metrics: Metrics): Required<AssemblyHooks> {
  return {
    clock,
    version,
    speed: new SpeedMeter(),
    memory: new NeighbourMemory(),
    defer: (work) => {
      setImmediate(work);
    },
    onPredictorMissing: (error) => {
      log.error({ reason: error.message }, 'the predictor cannot be used; decisions are heuristic');
    },
    onTuningUnusable: (error) => {
      log.error({ reason: error.message }, 'the tuned head cannot be used; decisions are untuned');
    },
    onPredictorFault: (error) => {
      log.error({ err: error }, 'the predictor failed; this decision is heuristic');
    },
    onRuleFailure: ({ rule, place, message, isNew }) => {
      metrics.ruleFaults.inc({ rule });
      if (isNew) log.warn({ rule, place, reason: message }, 'a condition could not be decided');
    },
  };
}

async function openFeedback(
  { sourced, assembly }: InForce,
  parts: Pick<Books, 'clock' | 'metrics' | 'log'> &
    Required<Pick<AssemblyHooks, 'memory'>> & { readonly decisions: DecisionLog<KeptRouting> },
): Promise<FeedbackDesk | null> {
  const { feedback, maxEntries } = sourced.config.adaptation;
  if (!feedback) return null;
  const { log, metrics, ...rest } = parts;
  const book = await FeedbackBook.open(assembly.adaptationFolder, maxEntries, (lines) => {
    log.warn({ lines }, 'lines of the feedback file cannot be read and are left out');
  });
  return new FeedbackDesk({
    ...rest,
    book,
    onKept: ({ scores }) => {
      for (const model of Object.keys(scores)) metrics.feedback.inc({ model });
    },
  });
}

async function load(options: AppOptions, hooks: AssemblyHooks): Promise<InForce> {
  const sourced = await options.source.load();
  const assembly = await assemble(sourced, options.shipped, hooks);
  return { sourced, assembly };
}

function revisions({ sourced, assembly }: InForce): Record<string, unknown> {
  return {
    config: sourced.file ?? 'environment',
    configRevision: sourced.revision,
    rulesFile: assembly.rules.file,
    ...assembly.setup.router.receipt,
    tunedHead: assembly.predictor.head?.id ?? null,
  };
}

function warningsOf({ sourced, assembly }: InForce): readonly string[] {
  return [...sourced.warnings, ...assembly.warnings].map(formatFault);
}
