import type { Listener, ListenerSink } from '../cache/broadcast.js';
import { untilAborted, type InFlightRequest } from '../cache/in-flight-request.js';
import { GatewayError } from '../core/errors.js';
import type { Exchange, WholeExchange } from '../request/exchange.js';
import type { ClientSink } from '../upstream/failover.js';
import { rewriterFor } from './rewriter.js';
import { CachedExchange, type ReusedAnswer } from './cached-exchange.js';
import type {
  CallModel,
  SharedResult,
  CacheableRequest,
  RecallParts,
  SharedStream,
} from './types.js';

/** A request that shares the leader's answer, and what it does if that is not possible. */
interface Follower {
  readonly cacheable: CacheableRequest;
  readonly reply: CachedExchange;
  /** Calls a model for this request alone. */
  readonly askAlone: () => Promise<Exchange>;
}

/** Waits for the answer to an identical request that is in flight for another client. */
export async function follow(
  parts: RecallParts,
  cacheable: CacheableRequest,
  inFlight: InFlightRequest<SharedResult>,
  callModel: CallModel,
): Promise<Exchange> {
  const { call, request } = cacheable;
  const reply = new CachedExchange(parts, cacheable);
  const follower: Follower = {
    cacheable,
    reply,
    askAlone: () => {
      reply.cancel();
      return callModel(call.signal, false);
    },
  };
  inFlight.join(call.signal);
  inFlight.addTags(cacheable.lookup.control.tags);
  const result = await inFlight.wait(call.signal);
  if (result === null) return reply.start(sharedWith(cacheable, null)).abandon();
  switch (result.kind) {
    case 'threw':
      reply.cancel();
      throw result.error;
    case 'failed':
      return reply.start(sharedWith(cacheable, result)).fail(result.error);
    case 'whole':
      return takeWhole(follower, result);
    case 'stream':
      return request.stream ? followStream(follower, result) : collectStream(follower, result);
  }
}

function sharedWith(
  { request, lookup }: CacheableRequest,
  leader: Exchange | null,
  savedUsd: number | null = null,
): ReusedAnswer {
  const source = leader?.decision.id ?? null;
  return {
    model: leader?.servedModel ?? leader?.decision.model ?? request.model,
    simulated: leader?.simulated ?? false,
    dropped: leader?.dropped ?? [],
    mark: { status: 'hit', why: 'shared', ageS: 0, source, savedUsd },
    key: lookup.key,
    // Feedback finds it through the cached answer, once that is stored.
    question: null,
    prediction: null,
  };
}

function takeWhole(
  { cacheable, reply, askAlone }: Follower,
  leader: WholeExchange,
): Exchange | Promise<Exchange> {
  // Streamed requests resolve to streams, so only a client that does not stream gets here.
  if (cacheable.request.stream) return askAlone();
  reply.start(sharedWith(cacheable, leader, leader.bill.answerUsd));
  return reply.succeedWhole(rewriterFor(cacheable, reply.decided).whole(leader.body), 0);
}

/** The stream as a whole answer, once it is complete. */
async function collectStream(
  { cacheable, reply, askAlone }: Follower,
  { ended, exchange }: SharedStream,
): Promise<Exchange> {
  const settled = await untilAborted(
    ended.then((end) => ({ end })),
    cacheable.call.signal,
  );
  if (settled === null) return reply.start(sharedWith(cacheable, exchange)).abandon();
  const { end } = settled;
  if (end instanceof GatewayError) return reply.start(sharedWith(cacheable, exchange)).fail(end);
  const body = end === null ? null : cacheable.lookup.forms.joinFrames(end);
  // The stream cannot be converted to a whole answer.
  if (body === null) return askAlone();
  const savedUsd = exchange.outcome()?.answerUsd ?? null;
  reply.start(sharedWith(cacheable, exchange, savedUsd));
  return reply.succeedWhole(rewriterFor(cacheable, reply.decided).whole(body), 0);
}

/** The stream itself, from its beginning. */
function followStream(
  { cacheable, reply, askAlone }: Follower,
  { broadcast, exchange }: SharedStream,
): Exchange | Promise<Exchange> {
  if (!broadcast.hasBeginning) return askAlone();
  reply.start(sharedWith(cacheable, exchange));
  const address = rewriterFor(cacheable, reply.decided);
  let listener: Listener | null = null;
  const sinkFor = (client: ClientSink): ListenerSink => ({
    write: (bytes) => client.write(address.streamed(bytes)),
    end: () => {
      client.end();
      reply.succeed(exchange.outcome()?.answerUsd ?? null, 0);
    },
    fail: (error, lastBytes) => {
      client.fail(error, address.streamed(lastBytes));
      // The status line has been sent already.
      reply.fail(error, 200);
    },
  });
  return {
    kind: 'stream',
    ...reply.decided,
    pipe: (client) => {
      listener = broadcast.listen(sinkFor(client), cacheable.request.includeUsage);
    },
    drained: () => listener?.drained(),
    abandon: (why) => {
      listener?.leave();
      reply.abandon(why);
    },
    outcome: () => reply.outcome,
    lost: () => exchange.lost(),
  };
}
