import type { Listener, ListenerSink } from '../cache/broadcast.js';
import { untilGone, type Flight } from '../cache/flight.js';
import { GatewayError } from '../core/errors.js';
import type { Exchange, WholeExchange } from '../request/exchange.js';
import type { ClientSink } from '../upstream/failover.js';
import { addressTo } from './address.js';
import { Guest, type GuestAnswer } from './guest.js';
import type { Ask, Landing, PlacedRequest, RecallParts, SharedStream } from './landing.js';

/** A request that shares the leader's answer, and what it does if that is not possible. */
interface Follower {
  readonly asked: PlacedRequest;
  readonly guest: Guest;
  /** Calls a model for this request alone. */
  readonly askAlone: () => Promise<Exchange>;
}

/** Waits for the answer to an identical request that is in flight for another client. */
export async function follow(
  parts: RecallParts,
  asked: PlacedRequest,
  flight: Flight<Landing>,
  ask: Ask,
): Promise<Exchange> {
  const { call, request } = asked;
  const guest = new Guest(parts, asked);
  const follower: Follower = {
    asked,
    guest,
    askAlone: () => {
      guest.withdraw();
      return ask(call.signal, false);
    },
  };
  flight.board(call.signal);
  flight.addTags(asked.place.order.tags);
  const landing = await flight.wait(call.signal);
  if (landing === null) return guest.sit(sharedWith(asked, null)).abandon();
  switch (landing.kind) {
    case 'threw':
      guest.withdraw();
      throw landing.error;
    case 'failed':
      return guest.sit(sharedWith(asked, landing)).fail(landing.error);
    case 'whole':
      return takeWhole(follower, landing);
    case 'stream':
      return request.stream ? followStream(follower, landing) : collectStream(follower, landing);
  }
}

function sharedWith(
  { request, place }: PlacedRequest,
  leader: Exchange | null,
  savedUsd: number | null = null,
): GuestAnswer {
  const source = leader?.decision.id ?? null;
  return {
    model: leader?.servedModel ?? leader?.decision.model ?? request.model,
    simulated: leader?.simulated ?? false,
    dropped: leader?.dropped ?? [],
    mark: { status: 'hit', why: 'shared', ageS: 0, source, savedUsd },
    key: place.key,
    // Feedback finds it through the cached answer, once that is stored.
    question: null,
    claim: null,
  };
}

function takeWhole(
  { asked, guest, askAlone }: Follower,
  leader: WholeExchange,
): Exchange | Promise<Exchange> {
  // Streamed requests resolve to streams, so only a client that does not stream gets here.
  if (asked.request.stream) return askAlone();
  guest.sit(sharedWith(asked, leader, leader.bill.answerUsd));
  return guest.whole(addressTo(asked, guest.decided).whole(leader.body), 0);
}

/** The stream as a whole answer, once it is complete. */
async function collectStream(
  { asked, guest, askAlone }: Follower,
  { ended, exchange }: SharedStream,
): Promise<Exchange> {
  const settled = await untilGone(
    ended.then((end) => ({ end })),
    asked.call.signal,
  );
  if (settled === null) return guest.sit(sharedWith(asked, exchange)).abandon();
  const { end } = settled;
  if (end instanceof GatewayError) return guest.sit(sharedWith(asked, exchange)).fail(end);
  const body = end === null ? null : asked.place.forms.wholeOf(end);
  // The stream cannot be converted to a whole answer.
  if (body === null) return askAlone();
  const savedUsd = exchange.outcome()?.answerUsd ?? null;
  guest.sit(sharedWith(asked, exchange, savedUsd));
  return guest.whole(addressTo(asked, guest.decided).whole(body), 0);
}

/** The stream itself, from its beginning. */
function followStream(
  { asked, guest, askAlone }: Follower,
  { broadcast, exchange }: SharedStream,
): Exchange | Promise<Exchange> {
  if (!broadcast.hasBeginning) return askAlone();
  guest.sit(sharedWith(asked, exchange));
  const address = addressTo(asked, guest.decided);
  let listener: Listener | null = null;
  const sinkFor = (client: ClientSink): ListenerSink => ({
    write: (bytes) => client.write(address.streamed(bytes)),
    end: () => {
      client.end();
      guest.succeed(exchange.outcome()?.answerUsd ?? null, 0);
    },
    fail: (error, lastBytes) => {
      client.fail(error, address.streamed(lastBytes));
      // The status line has been sent already.
      guest.fail(error, 200);
    },
  });
  return {
    kind: 'stream',
    ...guest.decided,
    pipe: (client) => {
      listener = broadcast.listen(sinkFor(client), asked.request.includeUsage);
    },
    drained: () => listener?.drained(),
    abandon: (why) => {
      listener?.leave();
      guest.abandon(why);
    },
    outcome: () => guest.outcome,
    lost: () => exchange.lost(),
  };
}
