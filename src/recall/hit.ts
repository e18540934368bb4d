import { framesOf, wholeOf, type HeldAnswer, type KeptAnswer } from '../cache/kept-answer.js';
import type { Alike } from '../cache/semantic/alike.js';
import { Replay } from '../cache/replay.js';
import type { CacheMark, Exchange } from '../request/exchange.js';
import { addressTo } from './address.js';
import { Guest, type GuestAnswer } from './guest.js';
import type { PlacedRequest, RecallParts } from './landing.js';

/**
 * Answers a request with a cached answer, in the form that the client wants.
 *
 * @param alike - for a semantic hit, the match; absent for an exact hit
 * @returns `null` if the answer cannot be converted to that form
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
  // Answers to requests from which something was dropped are never stored.
  const [question, claim] =
    alike === undefined ? [kept.question, null] : [place.question(), alike.claim];
  // A client that purges by its tag expects this answer to go, too.
  parts.cache.store.tag(kept, place.order.tags);
  const answer = { model, simulated, dropped: [], mark, key, question, claim };
  if (!request.stream) {
    const body = wholeOf(payload, place.forms);
    if (body === null) return null;
    const guest = new Guest(parts, asked).sit(answer);
    const rewritten = addressTo(asked, guest.decided).whole(body);
    return guest.whole(rewritten, savedMs(kept, asked, clock.now()));
  }
  const frames = framesOf(payload, place.forms);
  if (frames === null) return null;
  const guest = new Guest(parts, asked).sit(answer);
  const address = addressTo(asked, guest.decided);
  const natural = place.settings.replay === 'natural';
  const { includeUsage } = request;
  const replay = new Replay(frames, { clock, natural, includeUsage }, () => {
    guest.succeed(savedUsd, savedMs(kept, asked, clock.now()));
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
    // Answers that lost something in translation are never stored.
    lost: () => [],
  };
}

function markOf(
  alike: Alike | undefined,
  rest: Omit<CacheMark, 'status' | 'alike'>,
): GuestAnswer['mark'] {
  if (alike === undefined) return { status: 'hit', ...rest };
  const { similarity, probability } = alike.verdict;
  return { status: 'semantic', alike: { similarity, probability }, ...rest };
}

/** Milliseconds of waiting that the client was spared. */
function savedMs({ tookMs }: KeptAnswer, { startedMs }: PlacedRequest, nowMs: number): number {
  return Math.max(0, tookMs - (nowMs - startedMs));
}
