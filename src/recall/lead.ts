import { Broadcast, type Listener } from '../cache/broadcast.js';
import type { InFlightRequest } from '../cache/in-flight-request.js';
import {
  hasPayload,
  wholeOf,
  type AnswerPayload,
  type LoadedAnswer,
  type TimedFrame,
} from '../cache/cached-answer.js';
import type { GatewayError } from '../core/errors.js';
import type { CacheInfo, Exchange, ExchangeStream, WholeExchange } from '../request/exchange.js';
import type { CallModel, SharedResult, CacheableRequest, RecallParts } from './types.js';

/** Time to fetch a text that is only needed to learn from it. */
const FETCH_MS = 1_000;

const MISS: CacheInfo = { status: 'miss', why: null, ageS: null, source: null, savedUsd: null };

/**
 * Calls a model, shares the answer with all followers, and stores it.
 *
 * The call goes on as long as any client waits for it, even if the leader's client has disconnected.
 */
export async function lead(
  parts: RecallParts,
  cacheable: CacheableRequest,
  callModel: CallModel,
): Promise<Exchange> {
  const { cache, tally } = parts;
  const { call, request, lookup } = cacheable;
  const inFlight = cache.openInFlight(lookup.key, request.stream, lookup.control);
  const close = (): void => {
    cache.closeInFlight(lookup.key, request.stream, inFlight);
  };
  inFlight.join(call.signal);
  tally.miss();
  let exchange: Exchange;
  try {
    exchange = { cache: MISS, ...(await callModel(inFlight.signal, request.stream)) };
  } catch (error) {
    close();
    inFlight.settle({ kind: 'threw', error });
    throw error;
  }
  if (exchange.kind === 'stream')
    return leadStream(parts, cacheable, { exchange, inFlight, close });
  if (exchange.kind === 'whole') keepWhole(parts, cacheable, exchange, inFlight.tags);
  close();
  inFlight.settle(exchange);
  return exchange;
}

/**
 * Stores an answer, and learns from it whether the nearest cached one would have been right.
 *
 * An answer that is not stored is counted. It never throws: clients wait for the answer, whether or not it can be stored.
 */
export function storeAnswer(
  parts: RecallParts,
  cacheable: CacheableRequest,
  answer: FreshAnswer,
): void {
  try {
    storeOrThrow(parts, cacheable, answer);
  } catch (err) {
    parts.books.log.error({ decisionId: answer.exchange.decision.id, err }, 'bug');
  }
}

function storeOrThrow(parts: RecallParts, cacheable: CacheableRequest, answer: FreshAnswer): void {
  learn(parts, cacheable, answer);
  const { cache, books, tally, servedAnswers } = parts;
  const { lookup, startedMs, call, request } = cacheable;
  const { exchange, payload, costUsd, tags } = answer;
  const { decision, servedModel, simulated, dropped } = exchange;
  // Something was dropped from the request or from the answer. Another model might not drop it, and a client
  // that gets the answer from the cache would not be notified.
  if (dropped.length > 0 || (exchange.kind === 'stream' && exchange.lost().length > 0)) {
    tally.countStored('lossy');
    return;
  }
  const facts = {
    source: decision.id,
    model: servedModel ?? decision.model,
    costUsd,
    tookMs: books.clock.now() - startedMs,
    simulated,
  };
  const { key, control, forms, settings, usesProviderTools } = lookup;
  const repeated = request.parsed;
  const question = lookup.question();
  const notStoredReason = cache.add(
    {
      key,
      question,
      order: control,
      tags,
      facts,
      payload,
      usesProviderTools,
      repeated,
    },
    forms,
    settings,
  );
  tally.countStored(notStoredReason);
  if (notStoredReason !== null) return;
  const [caller, source] = [call.caller.name, decision.id];
  servedAnswers.add(decision.id, {
    caller,
    key,
    source,
    question,
    isFresh: true,
    prediction: null,
  });
}

function learn(parts: RecallParts, cacheable: CacheableRequest, answer: FreshAnswer): void {
  const { nearest } = cacheable;
  if (nearest === null) return;
  if (hasPayload(nearest.answer)) {
    compare(parts, cacheable, answer, nearest.answer);
    return;
  }
  // No client waits for this.
  void parts.shared?.fetch(nearest.answer, FETCH_MS).then((cached) => {
    if (cached !== null) compare(parts, cacheable, answer, cached);
  });
}

function compare(
  { semantic }: RecallParts,
  { nearest, lookup }: CacheableRequest,
  answer: FreshAnswer,
  loaded: LoadedAnswer,
): void {
  const fresh = wholeOf(answer.payload, lookup.forms);
  const cached = wholeOf(loaded.payload, lookup.forms);
  if (semantic === null || nearest === null || fresh === null || cached === null) return;
  semantic.cache.compare(nearest, lookup.forms.textOf(fresh), lookup.forms.textOf(cached));
}

function keepWhole(
  parts: RecallParts,
  cacheable: CacheableRequest,
  exchange: WholeExchange,
  tags: readonly string[],
): void {
  const { body, bill } = exchange;
  const payload = { form: 'whole', body } as const;
  storeAnswer(parts, cacheable, { exchange, payload, costUsd: bill.answerUsd, tags });
}

interface FreshAnswer {
  readonly exchange: Exchange;
  readonly payload: AnswerPayload;
  readonly costUsd: number | null;
  /** Of all requests that share it. */
  readonly tags: readonly string[];
}

interface LedStream {
  readonly exchange: Exchange & ExchangeStream;
  readonly inFlight: InFlightRequest<SharedResult>;
  readonly close: () => void;
}

function leadStream(
  parts: RecallParts,
  cacheable: CacheableRequest,
  { exchange, inFlight, close }: LedStream,
): Exchange {
  const { forms } = cacheable.lookup;
  let failure: GatewayError | null = null;
  let resolveEnd: (end: readonly TimedFrame[] | GatewayError | null) => void = () => undefined;
  const ended = new Promise<readonly TimedFrame[] | GatewayError | null>((resolve) => {
    resolveEnd = resolve;
  });
  const broadcast = new Broadcast({
    clock: parts.books.clock,
    maxBytes: parts.cache.maxEntryBytes,
    framesIn: (bytes) => forms.splitFrames(bytes),
    onDrained: () => {
      exchange.drained();
    },
    onOverflow: close,
    onEnd: (frames) => {
      if (frames !== null) {
        const costUsd = exchange.outcome()?.answerUsd ?? null;
        const payload = { form: 'stream', frames } as const;
        storeAnswer(parts, cacheable, { exchange, payload, costUsd, tags: inFlight.tags });
      } else if (failure === null) {
        parts.tally.countStored('too_large');
      }
      close();
      resolveEnd(failure ?? frames);
    },
  });
  inFlight.settle({ kind: 'stream', broadcast, exchange, ended });
  // The exchange is settled right after it has signalled its end. Listeners read the settled outcome, so
  // they are notified in the next microtask.
  exchange.pipe({
    write: (bytes) => broadcast.write(bytes),
    end: () => {
      queueMicrotask(() => {
        broadcast.end();
      });
    },
    fail: (error, lastBytes) => {
      queueMicrotask(() => {
        failure = error;
        broadcast.fail(error, lastBytes);
      });
    },
  });
  return leaderExchange(exchange, broadcast, cacheable.request.includeUsage);
}

function leaderExchange(
  exchange: Exchange & ExchangeStream,
  broadcast: Broadcast,
  includeUsage: boolean,
): Exchange {
  let listener: Listener | null = null;
  return {
    ...exchange,
    pipe: (client) => {
      listener = broadcast.listen(client, includeUsage);
    },
    drained: () => listener?.drained(),
    // The request in flight tracks its clients: the stream goes on if others listen.
    abandon: () => listener?.leave(),
  };
}
