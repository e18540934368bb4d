import { framesOf, wholeOf, type LoadedAnswer, type CachedAnswer } from '../cache/cached-answer.js';
import type { SemanticMatch } from '../cache/semantic/semantic-cache.js';
import { Replay } from '../cache/replay.js';
import type { CacheInfo, Exchange } from '../request/exchange.js';
import { rewriterFor } from './rewriter.js';
import { CachedExchange, type ReusedAnswer } from './cached-exchange.js';
import type { CacheableRequest, RecallParts } from './types.js';

/**
 * Answers a request with a cached answer, in the form that the client wants.
 *
 * @param match - for a semantic hit, the match; absent for an exact hit
 * @returns `null` if the answer cannot be converted to that form
 */
export function serveCached(
  parts: RecallParts,
  cacheable: CacheableRequest,
  cached: LoadedAnswer,
  match?: SemanticMatch,
): Exchange | null {
  const { clock } = parts.books;
  const { lookup, request } = cacheable;
  const { costUsd: savedUsd, payload } = cached;
  // A client that purges by its tag expects this answer to go, too.
  parts.cache.store.addTags(cached, lookup.control.tags);
  const answer = reusedAnswer(cacheable, cached, match, clock.wallMs());
  if (!request.stream) {
    const body = wholeOf(payload, lookup.forms);
    if (body === null) return null;
    const reply = new CachedExchange(parts, cacheable).start(answer);
    const rewritten = rewriterFor(cacheable, reply.decided).whole(body);
    return reply.succeedWhole(rewritten, savedMs(cached, cacheable, clock.now()));
  }
  const frames = framesOf(payload, lookup.forms);
  if (frames === null) return null;
  const reply = new CachedExchange(parts, cacheable).start(answer);
  const address = rewriterFor(cacheable, reply.decided);
  const natural = lookup.settings.replay === 'natural';
  const { includeUsage } = request;
  const replay = new Replay(frames, { clock, natural, includeUsage }, () => {
    reply.succeed(savedUsd, savedMs(cached, cacheable, clock.now()));
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
  { lookup }: CacheableRequest,
  cached: LoadedAnswer,
  match: SemanticMatch | undefined,
  nowMs: number,
): ReusedAnswer {
  const { key, costUsd: savedUsd, source, model, simulated } = cached;
  const ageS = Math.max(0, nowMs - cached.storedAtMs) / 1_000;
  const mark = markOf(match, { why: null, ageS, source, savedUsd });
  const [question, prediction] =
    match === undefined ? [cached.question, null] : [lookup.question(), match.prediction];
  // Answers to requests from which something was dropped are never stored.
  return { model, simulated, dropped: [], mark, key, question, prediction };
}

function markOf(
  match: SemanticMatch | undefined,
  rest: Omit<CacheInfo, 'status' | 'alike'>,
): ReusedAnswer['mark'] {
  if (match === undefined) return { status: 'hit', ...rest };
  const { similarity, probability } = match.verdict;
  return { status: 'semantic', semantic: { similarity, probability }, ...rest };
}

/** Milliseconds of waiting that the client was spared. */
function savedMs({ tookMs }: CachedAnswer, { startedMs }: CacheableRequest, nowMs: number): number {
  return Math.max(0, tookMs - (nowMs - startedMs));
}
