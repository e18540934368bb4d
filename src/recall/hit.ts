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
 * @param match - for a semantic hit, the match; absent for an exact hit
 * @returns `null` if the answer cannot be converted to that form
 */
export function recalled(
  parts: RecallParts,
  asked: PlacedRequest,
  kept: HeldAnswer,
  match?: Alike,
): Exchange | null {
  const { clock } = parts.books;
  const { place: lookup, request } = asked;
  const { costUsd: savedUsd, payload } = kept;
  // A client that purges by its tag expects this answer to go, too.
  parts.cache.store.tag(kept, lookup.order.tags);
  const answer = reusedAnswer(asked, kept, match, clock.wallMs());
  if (!request.stream) {
    const body = wholeOf(payload, lookup.forms);
    if (body === null) return null;
    const reply = new Guest(parts, asked).sit(answer);
    const rewritten = addressTo(asked, reply.decided).whole(body);
    return reply.whole(rewritten, savedMs(kept, asked, clock.now()));
  }
  const frames = framesOf(payload, lookup.forms);
  if (frames === null) return null;
  const reply = new Guest(parts, asked).sit(answer);
  const address = addressTo(asked, reply.decided);
  const natural = lookup.settings.replay === 'natural';
  const { includeUsage } = request;
  const replay = new Replay(frames, { clock, natural, includeUsage }, () => {
    reply.succeed(savedUsd, savedMs(kept, asked, clock.now()));
  });
  return {
    kind: 'stream',
    ...reply.decided,
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
      reply.abandon(why);
    },
    outcome: () => reply.outcome,
    // Answers that lost something in translation are never stored.
    lost: () => [],
  };
}

function reusedAnswer(
  { place: lookup }: PlacedRequest,
  kept: HeldAnswer,
  match: Alike | undefined,
  nowMs: number,
): GuestAnswer {
  const { key, costUsd: savedUsd, source, model, simulated } = kept;
  const ageS = Math.max(0, nowMs - kept.storedAtMs) / 1_000;
  const mark = markOf(match, { why: null, ageS, source, savedUsd });
  const [question, prediction] =
    match === undefined ? [kept.question, null] : [lookup.question(), match.claim];
  // Answers to requests from which something was dropped are never stored.
  return { model, simulated, dropped: [], mark, key, question, claim: prediction };
}

function markOf(
  match: Alike | undefined,
  rest: Omit<CacheMark, 'status' | 'alike'>,
): GuestAnswer['mark'] {
  if (match === undefined) return { status: 'hit', ...rest };
  const { similarity, probability } = match.verdict;
  return { status: 'semantic', alike: { similarity, probability }, ...rest };
}

/** Milliseconds of waiting that the client was spared. */
function savedMs({ tookMs }: KeptAnswer, { startedMs }: PlacedRequest, nowMs: number): number {
  return Math.max(0, tookMs - (nowMs - startedMs));
}
