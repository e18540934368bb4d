import type { Addressing } from '../dialects/answer-forms.js';
import type { Decided } from '../request/exchange.js';
import type { PlacedRequest } from './landing.js';

const UNCHANGED: Addressing = { whole: (body) => body, streamed: (bytes) => bytes };

/** Rewrites what a shared answer says of its request (id, time, labels) to this request's. One for each reply. */
export function addressTo(
  { place: lookup, request }: PlacedRequest,
  { decision }: Decided,
): Addressing {
  const nowS = Math.floor(decision.atMs / 1_000);
  const to = { id: decision.id, nowS, request: request.parsed ?? {} };
  return lookup.forms.addressed?.(to) ?? UNCHANGED;
}
