import type { AnswerRewriter } from '../dialects/cache-codec.js';
import type { ExchangeInfo } from '../request/exchange.js';
import type { CacheableRequest } from './types.js';

const UNCHANGED: AnswerRewriter = { whole: (body) => body, streamed: (bytes) => bytes };

/** Replaces the members of a shared answer that identify its request (id, time, labels) by this request's. One for each reply. */
export function rewriterFor(
  { lookup, request }: CacheableRequest,
  { decision }: ExchangeInfo,
): AnswerRewriter {
  const nowS = Math.floor(decision.atMs / 1_000);
  const to = { id: decision.id, nowS, request: request.parsed ?? {} };
  return lookup.forms.readdress?.(to) ?? UNCHANGED;
}
