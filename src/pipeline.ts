import type { ExpectedLength } from './account/answer-length.js';
import type { DecisionLog, DecisionRecord } from './account/decision-log.js';
import { logRefusal, type RequestInfo } from './account/refusal.js';
import type { Ledger, LedgerEntry } from './account/settle.js';
import type { Caller } from './admit/keys.js';
import { TurnBatch } from './core/turn-batch.js';
import type { AbortSignalLike } from './core/disconnect-signal.js';
import { GatewayError } from './core/errors.js';
import type { ServedModel } from './core/model.js';
import { clientRequestIdOf, type RequestHeaders } from './core/request-headers.js';
import type { ChatRequest, ClientDialect } from './dialects/dialect.js';
import type { ReasoningStore } from './dialects/neutral/reasoning-store.js';
import { deliver, endExchange } from './request/delivery.js';
import type { ReceivedRequest, ChatCall, Exchange } from './request/exchange.js';
import { countTokens, type TokenCount } from './request/token-count.js';
import { explained, planFor, readAhead, type Explanation, type Plan } from './request/plan.js';
import type { CompactRouting } from './route/compact-routing.js';
import { estimateTokens } from './route/token-estimate.js';
import type { CacheService } from './recall/cache-service.js';
import type { Setup, Target } from './request/setup.js';
import { answerWithFailover, type Answer } from './upstream/failover.js';

export type { ChatCall, Exchange } from './request/exchange.js';
export type { ClientSink } from './upstream/failover.js';

/** Dependencies of the pipeline. */
export interface PipelineParts {
  /** The active setup; read anew for every request. */
  readonly setup: () => Setup;
  readonly ledger: Ledger;
  readonly thoughts: ReasoningStore;
  readonly decisions: DecisionLog<CompactRouting>;
  /** Used if the setup has a cache configured. */
  readonly cache: CacheService;
  /** Makes a decision's id from the wall clock. */
  readonly newId: (wallMs: number) => string;
}

/** The path of a request: admit → recall → decide → call → deliver → settle. */
export class Pipeline {
  readonly #parts: PipelineParts;
  readonly #asked = new TurnBatch();
  readonly #answered = new TurnBatch();

  constructor(parts: PipelineParts) {
    this.#parts = parts;
  }

  /** @throws {GatewayError} `invalid_api_key`, `page_refused` */
  admit(headers: RequestHeaders): Caller {
    return this.#parts.setup().keys.admit(headers);
  }

  /**
   * Answers a chat request with the model that the client names, or one that its policy chooses.
   *
   * @throws {GatewayError} for failures before a decision: a faulty request, an unknown model, no
   *   candidate. Later failures are returned as a `failed` exchange, with the decision.
   */
  async chat(call: ChatCall): Promise<Exchange> {
    const { ledger, cache } = this.#parts;
    const startedMs = ledger.clock.now();
    await this.#asked.join();

    const setup = this.#parts.setup();
    const request = call.dialect.readRequest(call.body, call.headers);
    const received = { call, request, setup, startedMs };
    // Entered before the cache is asked: it may wait as long as an answer takes, and then call a model after all.
    setup.acquire();
    try {
      // Lets the rest of the batch be parsed before the first of it is decided.
      await Promise.resolve();
      if (setup.caching === null) return await this.#ask(received, call.signal, false);
      return await cache.answer(received, (signal, keepsUsage, isRecheck) =>
        this.#ask(received, signal, keepsUsage, isRecheck),
      );
    } finally {
      setup.release();
    }
  }

  /** @param keepsUsage - a stream is to include its usage even if the client did not ask for it */
  async #ask(
    received: ReceivedRequest,
    signal: AbortSignalLike,
    keepsUsage: boolean,
    isRecheck = false,
  ): Promise<Exchange> {
    const { ledger } = this.#parts;
    const { call, request, setup } = received;
    const { reader } = setup;
    const options =
      reader === null
        ? undefined
        : { isPreview: false, read: await readAhead(setup, reader, request) };
    const plan = planFor(setup, request, call.caller, this.#parts, options);
    const entry = this.#open(received, plan, isRecheck);
    const running = { setup, entry, routing: plan.routing };

    // A stream continues after `chat` has returned.
    setup.acquire();
    ledger.metrics.inFlight.inc();
    try {
      // Lets the rest of the batch be decided before the first of it is sent.
      await Promise.resolve();
      const answer = await answerWithFailover({
        tries: plan.tries,
        maxAttempts: plan.maxAttempts,
        circuitBreakers: setup.circuitBreakers,
        request,
        dialect: call.dialect,
        served: setup.served,
        onLoss: setup.onLoss,
        memory: () => this.#parts.thoughts.of(call.caller.name),
        upstreams: setup.upstreams,
        providers: setup.providers,
        clock: ledger.clock,
        signal,
        keepsUsage,
        isRouted: plan.routing !== null,
        limitsPlaces: (request.terms?.providers ?? null) !== null,
        listsModels: (request.terms?.models.length ?? 0) > 0,
        sendsModelList: plan.sendsModelList === true,
      });
      if (isWhole(answer)) await this.#answered.join();
      return deliver(ledger, running, answer);
    } catch (bug) {
      endExchange(ledger, setup);
      throw bug;
    }
  }

  /**
   * Decides on a request without calling a model or counting anything.
   *
   * @throws {GatewayError} as `chat` does before a decision
   */
  async preview(body: Buffer, caller: Caller, dialect: ClientDialect): Promise<Explanation> {
    const request = dialect.readRequest(body);
    const setup = this.#parts.setup();
    const { reader } = setup;
    setup.acquire();
    try {
      const read = reader === null ? null : await readAhead(setup, reader, request);
      return explained(planFor(setup, request, caller, this.#parts, { isPreview: true, read }));
    } finally {
      setup.release();
    }
  }

  /**
   * Counts the input tokens of a request: by the provider that would answer it if that speaks the client's
   * dialect and has an endpoint for it, estimated otherwise.
   *
   * @throws {GatewayError} as `chat` does
   */
  async countTokens(call: ChatCall): Promise<TokenCount> {
    const setup = this.#parts.setup();
    const request = call.dialect.readRequest(call.body, call.headers);
    setup.acquire();
    try {
      return await countTokens(setup, request, call);
    } finally {
      setup.release();
    }
  }

  /**
   * Looks up a past decision and its outcome.
   *
   * @param caller - sees only its own decisions, unless its key may see all
   * @throws {GatewayError} `not_found`
   */
  findDecision(id: string, caller: Caller): Explanation & Pick<DecisionRecord<unknown>, 'outcome'> {
    const record = this.#parts.decisions.get(id);
    const isShown = record?.caller === caller.name || caller.decisions === 'all';
    // Another caller's decision is answered like an unknown id: ids must not be probed for.
    if (record === undefined || !isShown) {
      throw new GatewayError(
        'not_found',
        `No decision "${id}" was found among yours; only the latest decisions are kept (decisions.keep), and only keys with "decisions: all" can read those of other keys.`,
      );
    }
    const { decision, detail: routing, outcome } = record;
    return { ...explained({ decision, routing }), outcome };
  }

  /** All policies and models that can be requested now. */
  listTargets(): { readonly policies: readonly string[]; readonly models: readonly ServedModel[] } {
    const { router, served } = this.#parts.setup();
    return { policies: router.policies, models: [...served.values()] };
  }

  /** @throws {GatewayError} `model_not_found` */
  resolve(name: string): Target {
    return this.#parts.setup().resolve(name);
  }

  /**
   * Records a request that failed before there was a decision.
   *
   * @returns its id in the log
   */
  recordRefusal(error: GatewayError, info: RequestInfo): string {
    const { newId, ledger } = this.#parts;
    const requestId = newId(ledger.clock.wallMs());
    const clientRequestId = clientRequestIdOf(info.headers);
    const caller = this.#callerOf(info);
    logRefusal(ledger, error, { ...info, requestId, clientRequestId, caller });
    return requestId;
  }

  #callerOf({ headers }: RequestInfo): string | null {
    try {
      return this.admit(headers).name;
    } catch (error) {
      if (error instanceof GatewayError) return null;
      throw error;
    }
  }

  #open(
    { call, request, setup, startedMs }: ReceivedRequest,
    { decision, routing, prompt }: Plan,
    isRecheck: boolean,
  ): LedgerEntry {
    return {
      record: this.#parts.decisions.add(decision, call.caller.name, routing),
      caller: call.caller.name,
      clientRequestId: clientRequestIdOf(call.headers),
      stream: request.stream,
      isRecheck,
      startedMs: isRecheck ? this.#parts.ledger.clock.now() : startedMs,
      estimateInputTokens: () => routing?.features.inputTokens ?? tokensOf(request),
      expectedLength: (model) => expectedLength(routing, request, model),
      referencePrice: decision.reference === null ? null : setup.priceOf(decision.reference),
      prompt,
    };
  }
}

/** @returns `null` if lengths cannot be compared: several answers were requested, or a limit below the expected length */
function expectedLength(
  routing: CompactRouting | null,
  request: ChatRequest,
  model: string,
): ExpectedLength | null {
  const tokens = routing?.candidate(model)?.outputTokens ?? null;
  if (routing === null || tokens === null || request.conversation().choices > 1) return null;
  const { maxOutputTokens, tools } = routing.features;
  if (maxOutputTokens !== null && maxOutputTokens <= tokens) return null;
  return { tokens, withTools: tools > 0 };
}

/** Estimates the tokens of a request that was not routed; media count as providers charge them, not by their bytes. */
function tokensOf(request: ChatRequest): number {
  try {
    return estimateTokens(request.conversation());
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    // The provider accepted what cannot be read here: prose in a body comes to about four bytes a token.
    return request.body.length / 4;
  }
}

/** Only whole answers are batched: a stream's first bytes must not wait for others. */
function isWhole(answer: Answer): boolean {
  return answer.ok && answer.kind === 'whole';
}
