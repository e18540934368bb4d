import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DecisionLog } from './account/decision-log.js';
import type { Ledger } from './account/settle.js';
import { PromptCacheTracker } from './account/prompt-caches.js';
import { DailySpend } from './account/spend.js';
import { cacheSettingsOf, type AssemblyHooks } from './assembly/assemble.js';
import { idMaker } from './core/ids.js';
import { ReasoningStore } from './dialects/neutral/reasoning-store.js';
import { ResponseStore } from './dialects/responses/response-store.js';
import type { FeedbackService } from './request/feedback-service.js';
import type { ClientLimits } from './http/chat.js';
import type { DrainableServer } from './http/drainable-server.js';
import { openServer } from './http/open.js';
import {
  degradedReason,
  filesOf,
  hooksFor,
  loadConfig,
  openFeedback,
  revisions,
  type AppOptions,
  type ActiveConfig,
  type WillRead,
} from './assembly/active-config.js';
import { judgeLoaderFor } from './assembly/open-judge.js';
import { Reloader } from './assembly/reloader.js';
import { Pipeline } from './pipeline.js';
import { NonChatService } from './request/non-chat-service.js';
import { openRecall, type Recall } from './recall/open.js';
import type { CompactRouting } from './route/compact-routing.js';
import { Metrics } from './telemetry/metrics.js';

/**
 * Connections that the operating system queues while the thread is busy; it may queue fewer (`net.core.somaxconn`). Beyond
 * that, connections are delayed by a second or more, and some are reset.
 */
const BACKLOG = 4_096;

/** A running gateway: the composition root. */
export class App {
  readonly #options: AppOptions;
  readonly #books: Ledger;
  readonly #hooks: Required<AssemblyHooks>;
  readonly #reloader: Reloader;
  #draining = false;
  #server: DrainableServer | null = null;
  #feedback: FeedbackService | null = null;
  #recall: Recall | null = null;

  private constructor(
    options: AppOptions,
    hooks: Required<AssemblyHooks>,
    metrics: Metrics,
    first: ActiveConfig,
  ) {
    const { clock, log } = options;
    this.#options = options;
    this.#hooks = hooks;
    const onReplaced = (): void => {
      this.#useTunedHead();
    };
    this.#reloader = new Reloader({ options, hooks, metrics, onReplaced }, first);
    this.#books = {
      clock,
      log,
      metrics,
      speed: hooks.speed,
      length: hooks.length,
      promptCaches: new PromptCacheTracker(clock),
      spend: new DailySpend(clock),
      logsRequests: () => this.inForce.sourced.config.log.requests,
    };
  }

  /**
   * Loads everything and listens.
   *
   * @param willRead - called with the files that the configuration names before they are read
   * @throws {FaultyFileError} for errors in the configuration or rules, or failed rules tests
   * @throws {Error} `EADDRINUSE` and its like
   */
  static async start(options: AppOptions, willRead?: WillRead): Promise<App> {
    const metrics = new Metrics();
    const hooks = hooksFor(options, metrics);
    const first = await loadConfig(options, hooks, null, willRead);
    const app = new App(options, hooks, metrics, first);
    options.log.level = first.sourced.config.log.level;
    try {
      await app.#listen();
    } catch (error) {
      await app.#release();
      throw error;
    }
    return app;
  }

  /** The base URL of the gateway. */
  get url(): string {
    const { port } = this.#server?.address() as AddressInfo;
    const { host } = this.inForce.sourced.config.server;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** URL, version and what is in force, for the log. */
  get summary(): Readonly<Record<string, unknown>> {
    const { version, models, degraded } = this.#detail();
    return { url: this.url, version, ...revisions(this.inForce), models, degraded };
  }

  /** The active configuration, for the banner. */
  get inForce(): ActiveConfig {
    return this.#reloader.inForce;
  }

  /** The files that the active configuration was loaded from. */
  get files(): readonly string[] {
    return filesOf(this.inForce.sourced, this.#options.shipped);
  }

  /**
   * Reloads everything; requests in flight finish with the configuration they began with.
   *
   * Any error leaves the active configuration in force, and log, metric and `/readyz` say so.
   *
   * @param willRead - called with the files that the new configuration names before they are read
   * @returns whether the new configuration is in force; never rejects
   */
  reload(willRead?: WillRead): Promise<boolean> {
    return this.#reloader.reload(willRead);
  }

  /** Aborts requests in flight and any drain delay at once, for an operator who does not want to wait for `close`. */
  cutOff(): void {
    this.#server?.cutOff();
  }

  /**
   * Shuts down: announces it for `server.drain_delay_ms`, stops accepting requests, lets those in flight
   * finish, then closes everything.
   */
  async close(): Promise<void> {
    this.#draining = true;
    const { clock, log } = this.#books;
    const { drainDelayMs, drainTimeoutMs } = this.inForce.sourced.config.server;
    await this.#server?.drain({
      clock,
      delayMs: drainDelayMs,
      timeoutMs: drainTimeoutMs,
      onOverdue: () => {
        log.warn('requests were still in flight after server.drain_timeout_ms and were aborted');
      },
    });
    this.#feedback?.close();
    await this.#recall?.close();
    await this.inForce.assembly.setup.close();
  }

  /** Releases everything after listening failed. Writes nothing: the process that has the port may use the same folders. */
  async #release(): Promise<void> {
    this.#feedback?.close();
    await this.#recall?.closeWithoutSaving();
    await this.inForce.assembly.setup.close();
  }

  /** Updates feedback and metrics to the tuned head in force. */
  #useTunedHead(): void {
    const { base, head } = this.inForce.assembly.predictor;
    this.#books.metrics.tunedHead.set(head === null ? 0 : Number.parseInt(head.id, 10));
    this.#feedback?.relearn(base, head?.stored.record.created ?? '');
  }

  async #listen(): Promise<void> {
    const { config } = this.inForce.sourced;
    const decisions = new DecisionLog<CompactRouting>(config.decisions.keep);
    this.#feedback = await openFeedback(this.inForce, {
      ...this.#books,
      ...this.#hooks,
      decisions,
    });
    this.#useTunedHead();
    const newId = idMaker('dec_');
    const { openJudge: open, shipped } = this.#options;
    const openJudge = judgeLoaderFor(config, shipped.artefacts, open);
    const recall = await openRecall(
      { ...config.cache, openJudge, random: Math.random },
      { books: this.#books, decisions, newId },
    );
    this.#recall = recall;
    const pipeline = new Pipeline({
      setup: () => this.inForce.assembly.setup,
      ledger: this.#books,
      thoughts: new ReasoningStore(
        this.#books.clock,
        () => this.inForce.sourced.config.translation.keepThoughtsMs,
      ),
      decisions,
      cache: recall.service,
      newId,
    });
    const nonChat = new NonChatService({
      setup: () => this.inForce.assembly.setup,
      ledger: this.#books,
      decisions,
      newId,
    });
    const kept = new ResponseStore(this.#books.clock, () => this.inForce.sourced.config.responses);
    const operations = {
      responses: kept,
      readiness: () => ({ ready: !this.#draining, detail: this.#detail() }),
      allowsPage: (origin: string) => this.inForce.assembly.setup.keys.allowsOrigin(origin, true),
      metricsText: () => this.#books.metrics.registry.metrics(),
      cache: () => ({
        admin: recall.admin,
        settings: cacheSettingsOf(this.inForce.sourced.config),
      }),
    };
    const server = openServer({
      pipeline,
      nonChat,
      responseStore: kept,
      operations: { ...operations, feedback: () => this.#feedback },
      limits: () => this.#clientLimits(),
      socket: config.server,
      allowsOrigin: (origin) => this.inForce.assembly.setup.keys.allowsOrigin(origin),
    });
    await this.#accept(server);
    this.#server = server;
  }

  async #accept(server: DrainableServer): Promise<void> {
    const { host, port } = this.inForce.sourced.config.server;
    server.listen({ port, host, backlog: BACKLOG });
    await once(server, 'listening');
    // From now on an error is a connection that could not be accepted, which must not end the others.
    server.on('error', (err) => {
      this.#books.log.error({ err }, 'a connection could not be accepted');
    });
  }

  readonly #onCutOff = (decisionId: string, message: string): void => {
    this.#books.log.info({ decisionId, message }, 'stalled client disconnected');
  };

  #clientLimits(): ClientLimits {
    const { server } = this.inForce.sourced.config;
    const { maxBodyBytes, maxUploadBytes, writeStallTimeoutMs: stallMs } = server;
    const { clock } = this.#books;
    return {
      maxBodyBytes,
      maxUploadBytes,
      stallPolicy: { clock, stallMs, onCutOff: this.#onCutOff },
    };
  }

  #detail() {
    const { assembly } = this.inForce;
    return {
      version: this.#options.version,
      ...revisions(this.inForce),
      models: assembly.setup.served.size,
      degraded: degradedReason(assembly),
      stale: this.#reloader.refused.length > 0,
      faults: this.#reloader.refused,
      resting: assembly.setup.circuitBreakers.openIds,
      ...this.#recall?.detail(),
    };
  }
}
