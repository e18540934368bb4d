import type { DecisionLog } from '../account/decision-log.js';
import type { Ledger, LedgerEntry } from '../account/settle.js';
import type { Caller } from '../admit/keys.js';
import type { AbortSignalLike } from '../core/disconnect-signal.js';
import { clientRequestIdOf, type RequestHeaders } from '../core/request-headers.js';
import { deliver, endExchange } from './delivery.js';
import type { EmbeddingClient } from '../dialects/embeddings/embedding.js';
import type { Exchange } from './exchange.js';
import {
  passThrough,
  placesOf,
  type PassthroughHead,
  type PassthroughRequest,
  type PassthroughTarget,
} from './passthrough.js';
import { requestedModelDecision } from './plan.js';
import type { CompactRouting } from '../route/compact-routing.js';
import type { Setup } from './setup.js';
import type { Answer } from '../upstream/failover.js';
import { embed, embedderIn, embeddingTokens } from './embeddings.js';

/** Dependencies of the service. */
export interface NonChatParts {
  /** The active setup; read anew for every request. */
  readonly setup: () => Setup;
  readonly ledger: Ledger;
  readonly decisions: DecisionLog<CompactRouting>;
  /** Makes a decision's id from the wall clock. */
  readonly newId: (wallMs: number) => string;
}

/** The caller, its headers, and the abort signal of its connection. */
export interface NonChatCall {
  readonly headers: RequestHeaders;
  readonly caller: Caller;
  /** Aborts when the client disconnects. */
  readonly signal: AbortSignalLike;
}

/** A request for embeddings as received. */
export interface EmbeddingCall extends NonChatCall {
  readonly client: EmbeddingClient;
  readonly body: Buffer;
}

/** A request to pass through, and where the client wants it to go. */
export interface PassCall extends NonChatCall {
  readonly target: PassthroughTarget;
  readonly request: PassthroughRequest;
}

/** What is known of a request before a provider is called. */
interface Opening {
  /** What the client wrote as `model`. */
  readonly requested: string;
  /** The model that it resolves to. */
  readonly model: string;
  /** `null` if unknown. */
  readonly estimatedInputTokens: number | null;
  readonly startedMs: number;
}

/**
 * Serves requests that name their model and are not conversations: embeddings and pass-through.
 *
 * They are neither routed nor cached, but admitted, settled and logged like all others.
 */
export class NonChatService {
  readonly #parts: NonChatParts;

  constructor(parts: NonChatParts) {
    this.#parts = parts;
  }

  /**
   * Gets embeddings, with failover to the model's next place.
   *
   * @throws {GatewayError} for a faulty request, an unknown model, or one that makes no embeddings; later failures
   *   are returned as a `failed` exchange
   */
  async embed(call: EmbeddingCall): Promise<Exchange> {
    const { ledger } = this.#parts;
    const startedMs = ledger.clock.now();
    const setup = this.#parts.setup();
    const request = call.client.readRequest(call.body);
    const served = embedderIn(setup, request.model);
    const tokens = embeddingTokens(request);
    const opening = {
      requested: request.model,
      model: served.model.id,
      estimatedInputTokens: tokens,
      startedMs,
    };
    return this.#run(setup, call, opening, () =>
      embed({ setup, request, served, tokens, ...call, clock: ledger.clock }),
    );
  }

  /**
   * Passes a request through unchanged.
   *
   * @throws {GatewayError} if its provider cannot be determined; later failures are returned as a `failed` exchange
   */
  async pass(call: PassCall): Promise<{ exchange: Exchange; head: PassthroughHead | null }> {
    const { ledger } = this.#parts;
    const startedMs = ledger.clock.now();
    const setup = this.#parts.setup();
    const places = placesOf(setup, call.target);
    const model = places[0].modelId;
    const requested = call.target.model ?? model;
    const opening = { requested, model, estimatedInputTokens: null, startedMs };
    let head: PassthroughHead | null = null;
    const exchange = await this.#run(setup, call, opening, async () => {
      const context = { setup, signal: call.signal, clock: ledger.clock };
      const passed = await passThrough(call.request, places, context);
      ({ head } = passed);
      return passed.answer;
    });
    return { exchange, head };
  }

  async #run(
    setup: Setup,
    call: NonChatCall,
    opening: Opening,
    send: () => Promise<Answer>,
  ): Promise<Exchange> {
    const { ledger } = this.#parts;
    const entry = this.#open(setup, call, opening);
    setup.acquire();
    ledger.metrics.inFlight.inc();
    try {
      return deliver(ledger, { entry, setup, routing: null }, await send());
    } catch (bug) {
      endExchange(ledger, setup);
      throw bug;
    }
  }

  #open(setup: Setup, { caller, headers }: NonChatCall, opening: Opening): LedgerEntry {
    const { ledger, decisions, newId } = this.#parts;
    const { requested, model, estimatedInputTokens, startedMs } = opening;
    const atMs = ledger.clock.wallMs();
    const decision = requestedModelDecision(newId(atMs), atMs, requested, model, setup);
    return {
      record: decisions.add(decision, caller.name, null),
      caller: caller.name,
      clientRequestId: clientRequestIdOf(headers),
      stream: false,
      startedMs,
      estimateInputTokens: estimatedInputTokens === null ? null : () => estimatedInputTokens,
      referencePrice: null,
    };
  }
}
