import type { AnswerRewriter } from '../dialects/cache-codec.js';
import type { ExchangeInfo } from '../request/exchange.js';
import type { CacheableRequest } from './types.js';

const UNCHANGED: AnswerRewriter = { whole: (body) => body, streamed: (bytes) => bytes };

/** Rewrites what a shared answer says of its request (id, time, labels) to this request's. One for each reply. */
export function rewriterFor(
  { lookup, request }: CacheableRequest,
  { decision }: ExchangeInfo,
): AnswerRewriter {
  const nowS = Math.floor(decision.atMs / 1_000);
  const to = { id: decision.id, nowS, request: request.parsed ?? {} };
  return lookup.forms.readdress?.(to) ?? UNCHANGED;
}
