import { framesOf, wholeOf, type HeldAnswer, type KeptAnswer } from '../cache/kept-answer.js';
import type { Alike } from '../cache/semantic/alike.js';
import { Replay } from '../cache/replay.js';
import type { CacheMark, Exchange } from '../request/exchange.js';
import { addressTo } from './address.js';
import { Guest, type GuestAnswer } from './guest.js';
import type { PlacedRequest, RecallParts } from './landing.js';

/**
 * Gives a kept answer again, in the form that the client wants.
 *
 * @param alike - it is the answer to another question; absent for the very same one
 * @returns `null` if it cannot be put into that form
 */
export function recalled(
  parts: RecallParts,
  asked: PlacedRequest,
  kept: HeldAnswer,
  alike?: Alike,
): Exchange | null {
  const { clock } = parts.books;
  const { place, request } = asked;
  const ageS = Math.max(0, clock.wallMs() - kept.storedAtMs) / 1_000;
  const { key, costUsd: savedUsd, source, model, simulated, payload } = kept;
  const mark = markOf(alike, { why: null, ageS, source, savedUsd });
  // An answer to less than what was asked is never kept, so nothing was dropped.
  const [question, claim] =
    alike === undefined ? [kept.question, null] : [place.question(), alike.claim];
  // Who purges by its tag means all that it was given.
  parts.cache.store.tag(kept, place.order.tags);
  const answer = { model, simulated, dropped: [], mark, key, question, claim };
  if (!request.stream) {
    const body = wholeOf(payload, place.forms);
    if (body === null) return null;
    const guest = new Guest(parts, asked).sit(answer);
    const given = addressTo(asked, guest.decided).whole(body);
    return guest.whole(given, saved(kept, asked, clock.now()));
  }
  const frames = framesOf(payload, place.forms);
  if (frames === null) return null;
  const guest = new Guest(parts, asked).sit(answer);
  const address = addressTo(asked, guest.decided);
  const natural = place.settings.replay === 'natural';
  const { includeUsage } = request;
  const replay = new Replay(frames, { clock, natural, includeUsage }, () => {
    guest.succeed(savedUsd, saved(kept, asked, clock.now()));
  });
  return {
    kind: 'stream',
    ...guest.decided,
    pipe: (client) => {
      replay.pipe({
        write: (bytes) => client.write(address.streamed(bytes)),
        end: () => {
          client.end();
        },
      });
    },
    drained: () => {
      replay.drained();
    },
    abandon: (why) => {
      replay.abandon();
      guest.abandon(why);
    },
    outcome: () => guest.outcome,
    // Of what lost anything nothing is kept.
    lost: () => [],
  };
}

function markOf(
  alike: Alike | undefined,
  told: Omit<CacheMark, 'status' | 'alike'>,
): GuestAnswer['mark'] {
  if (alike === undefined) return { status: 'hit', ...told };
  const { similarity, probability } = alike.verdict;
  return { status: 'semantic', alike: { similarity, probability }, ...told };
}

/** Milliseconds that the client did not wait. */
function saved({ tookMs }: KeptAnswer, { startedMs }: PlacedRequest, nowMs: number): number {
  return Math.max(0, tookMs - (nowMs - startedMs));
}
