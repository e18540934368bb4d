import type { Listener, ListenerSink } from '../cache/broadcast.js';
import { untilGone, type Flight } from '../cache/flight.js';
import { GatewayError } from '../core/errors.js';
import type { Exchange, WholeExchange } from '../request/exchange.js';
import type { ClientSink } from '../upstream/failover.js';
import { addressTo } from './address.js';
import { Guest, type GuestAnswer } from './guest.js';
import type { Ask, Landing, PlacedRequest, RecallParts, SharedStream } from './landing.js';

/** A request that shares another's answer, and how it goes on where that cannot be. */
interface Follower {
  readonly asked: PlacedRequest;
  readonly guest: Guest;
  /** Asks an upstream for itself. */
  readonly goOn: () => Promise<Exchange>;
}

/** Waits for the answer to the same question that another client has asked. */
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
    goOn: () => {
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
      return request.stream ? hear(follower, landing) : collect(follower, landing);
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
    // That of the answer, once that is kept, will do.
    question: null,
    claim: null,
  };
}

function takeWhole(
  { asked, guest, goOn }: Follower,
  leader: WholeExchange,
): Exchange | Promise<Exchange> {
  // Flights of streams land as streams, so only a client that wants no stream gets here.
  if (asked.request.stream) return goOn();
  guest.sit(sharedWith(asked, leader, leader.bill.answerUsd));
  return guest.whole(addressTo(asked, guest.decided).whole(leader.body), 0);
}

/** The stream as a whole answer, once it is complete. */
async function collect(
  { asked, guest, goOn }: Follower,
  { ended, exchange }: SharedStream,
): Promise<Exchange> {
  const heard = ended.then((end) => ({ end }));
  const waited = await untilGone(heard, asked.call.signal);
  if (waited === null) return guest.sit(sharedWith(asked, exchange)).abandon();
  const { end } = waited;
  if (end instanceof GatewayError) return guest.sit(sharedWith(asked, exchange)).fail(end);
  const body = end === null ? null : asked.place.forms.wholeOf(end);
  // What cannot be shared in this form has to be asked for.
  if (body === null) return goOn();
  const savedUsd = exchange.outcome()?.answerUsd ?? null;
  guest.sit(sharedWith(asked, exchange, savedUsd));
  return guest.whole(addressTo(asked, guest.decided).whole(body), 0);
}

/** The stream itself, from its beginning. */
function hear(
  { asked, guest, goOn }: Follower,
  { broadcast, exchange }: SharedStream,
): Exchange | Promise<Exchange> {
  if (!broadcast.hasBeginning) return goOn();
  guest.sit(sharedWith(asked, exchange));
  const address = addressTo(asked, guest.decided);
  let listener: Listener | null = null;
  const hearing = (client: ClientSink): ListenerSink => ({
    write: (bytes) => client.write(address.streamed(bytes)),
    end: () => {
      client.end();
      guest.succeed(exchange.outcome()?.answerUsd ?? null, 0);
    },
    fail: (error, lastBytes) => {
      client.fail(error, address.streamed(lastBytes));
      // The status line had been sent.
      guest.fail(error, 200);
    },
  });
  return {
    kind: 'stream',
    ...guest.decided,
    pipe: (client) => {
      listener = broadcast.listen(hearing(client), asked.request.includeUsage);
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
