import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { DecisionLog } from './account/decision-log.js';
import type { Books } from './account/settle.js';
import { PromptCaches } from './account/prompt-caches.js';
import { DailySpend } from './account/spend.js';
import type { AssemblyHooks } from './assembly/assemble.js';
import { idMaker } from './core/ids.js';
import { ThoughtStore } from './dialects/neutral/thought-store.js';
import { ResponseStore } from './dialects/responses/response-store.js';
import type { FeedbackDesk } from './request/feedback-desk.js';
import type { ClientLimits } from './http/chat.js';
import type { DrainableServer } from './http/drainable-server.js';
import { openServer } from './http/open.js';
import {
  degradedIn,
  filesOf,
  hooksFor,
  load,
  openFeedback,
  revisions,
  type AppOptions,
  type InForce,
  type WillRead,
} from './assembly/in-force.js';
import { judgeOf } from './assembly/open-judge.js';
import { Reloader } from './assembly/reloader.js';
import { Pipeline } from './pipeline.js';
import { PlainDesk } from './request/plain-desk.js';
import { openRecall, type Recall } from './recall/open.js';
import type { KeptRouting } from './route/kept-routing.js';
import { Metrics } from './telemetry/metrics.js';

/**
 * Connections that the system keeps while the thread is busy; it may keep fewer (`net.core.somaxconn`). Those it cannot
 * keep are delayed by a second or more, and of some the first bytes are answered with a reset.
 */
const BACKLOG = 4_096;

/** A running gateway: the composition root. */
export class App {
  readonly #options: AppOptions;
  readonly #books: Books;
  readonly #hooks: Required<AssemblyHooks>;
  readonly #reloader: Reloader;
  #draining = false;
  #server: DrainableServer | null = null;
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
    const onReplaced = (): void => {
      this.#learn();
    };
    this.#reloader = new Reloader({ options, hooks, metrics, onReplaced }, first);
    this.#books = {
      clock,
      log,
      metrics,
      speed: hooks.speed,
      length: hooks.length,
      promptCaches: new PromptCaches(clock),
      spend: new DailySpend(clock),
      logsRequests: () => this.inForce.sourced.config.log.requests,
    };
  }

  /**
   * Reads everything and listens.
   *
   * @param willRead - told of the files that the configuration names before they are read
   * @throws {FaultyFileError} when configuration, rules or their tests are not in order
   * @throws {Error} `EADDRINUSE` and its like
   */
  static async start(options: AppOptions, willRead?: WillRead): Promise<App> {
    const metrics = new Metrics();
    const hooks = hooksFor(options, metrics);
    const first = await load(options, hooks, null, willRead);
    const app = new App(options, hooks, metrics, first);
    options.log.level = first.sourced.config.log.level;
    try {
      await app.#listen();
    } catch (error) {
      await app.#letGo();
      throw error;
    }
    return app;
  }

  /** What the gateway answers under. */
  get url(): string {
    const { port } = this.#server?.address() as AddressInfo;
    const { host } = this.inForce.sourced.config.server;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** Where it is and what it runs on, for the log. */
  get summary(): Readonly<Record<string, unknown>> {
    const { version, models, degraded } = this.#detail();
    return { url: this.url, version, ...revisions(this.inForce), models, degraded };
  }

  /** What is in force, for the banner. */
  get inForce(): InForce {
    return this.#reloader.inForce;
  }

  /** The files that what is in force was made of. */
  get files(): readonly string[] {
    return filesOf(this.inForce.sourced, this.#options.shipped);
  }

  /**
   * Reads everything anew and puts it in force; requests under way finish as they began.
   *
   * Anything faulty changes nothing: what was in force stays, and log, metric and `/readyz` say so.
   *
   * @param willRead - told of the files that the new configuration names before they are read
   * @returns whether the new state is in force; never rejects
   */
  reload(willRead?: WillRead): Promise<boolean> {
    return this.#reloader.reload(willRead);
  }

  /** Ends requests under way at once, and any delay, for an operator who does not want to wait for `close`. */
  cutOff(): void {
    this.#server?.cutOff();
  }

  /**
   * Says that it will close for `server.drain_delay_ms`, stops taking requests, lets those under way
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
        log.warn('requests were still under way at the end of server.drain_timeout_ms; cut off');
      },
    });
    this.#feedback?.close();
    await this.#recall?.close();
    await this.inForce.assembly.setup.close();
  }

  /** It never listened: whoever has the port may have the folders as well, so nothing is written to them. */
  async #letGo(): Promise<void> {
    this.#feedback?.close();
    await this.#recall?.letGo();
    await this.inForce.assembly.setup.close();
  }

  /** Has feedback and metrics follow the head that is in force now. */
  #learn(): void {
    const { base, head } = this.inForce.assembly.predictor;
    this.#books.metrics.tunedHead.set(head === null ? 0 : Number.parseInt(head.id, 10));
    this.#feedback?.learn(base, head?.stored.record.created ?? '');
  }

  async #listen(): Promise<void> {
    const { config } = this.inForce.sourced;
    const decisions = new DecisionLog<KeptRouting>(config.decisions.keep);
    this.#feedback = await openFeedback(this.inForce, {
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
      setup: () => this.inForce.assembly.setup,
      books: this.#books,
      thoughts: new ThoughtStore(
        this.#books.clock,
        () => this.inForce.sourced.config.translation.keepThoughtsMs,
      ),
      decisions,
      cache: recall.desk,
      newId,
    });
    const plain = new PlainDesk({
      setup: () => this.inForce.assembly.setup,
      books: this.#books,
      decisions,
      newId,
    });
    const kept = new ResponseStore(this.#books.clock, () => this.inForce.sourced.config.responses);
    const operations = {
      responses: kept,
      readiness: () => ({ ready: !this.#draining, detail: this.#detail() }),
      allowsPage: (origin: string) => this.inForce.assembly.setup.keys.allowsPage(origin, true),
      metricsText: () => this.#books.metrics.registry.metrics(),
      cache: () => ({
        admin: recall.admin,
        settings: this.inForce.assembly.setup.caching,
      }),
    };
    const server = openServer({
      pipeline,
      plain,
      kept,
      operations: { ...operations, feedback: () => this.#feedback },
      limits: () => this.#clientLimits(),
      socket: config.server,
      allowsOrigin: (origin) => this.inForce.assembly.setup.keys.allowsPage(origin),
    });
    await this.#accept(server);
    this.#server = server;
  }

  async #accept(server: DrainableServer): Promise<void> {
    const { host, port } = this.inForce.sourced.config.server;
    server.listen({ port, host, backlog: BACKLOG });
    await once(server, 'listening');
    // From now on a connection that could not be accepted, which must not end the others.
    server.on('error', (err) => {
      this.#books.log.error({ err }, 'a connection could not be accepted');
    });
  }

  readonly #onCutOff = (decisionId: string, message: string): void => {
    this.#books.log.info({ decisionId, message }, 'client cut off');
  };

  #clientLimits(): ClientLimits {
    const { server } = this.inForce.sourced.config;
    const { maxBodyBytes, maxUploadBytes, writeStallTimeoutMs: stallMs } = server;
    const { clock } = this.#books;
    return { maxBodyBytes, maxUploadBytes, patience: { clock, stallMs, onCutOff: this.#onCutOff } };
  }

  #detail() {
    const { assembly } = this.inForce;
    return {
      version: this.#options.version,
      ...revisions(this.inForce),
      models: assembly.setup.served.size,
      degraded: degradedIn(assembly),
      stale: this.#reloader.refused.length > 0,
      faults: this.#reloader.refused,
      resting: assembly.setup.resting.names,
      ...this.#recall?.detail(),
    };
  }
}
