import type { Addressing } from '../dialects/answer-forms.js';
import type { Decided } from '../request/exchange.js';
import type { PlacedRequest } from './landing.js';

const AS_IT_IS: Addressing = { whole: (body) => body, streamed: (bytes) => bytes };

/** Makes an answer that was asked for by another request this one's own; one for each reply. */
export function addressTo({ place, request }: PlacedRequest, { decision }: Decided): Addressing {
  const nowS = Math.floor(decision.atMs / 1_000);
  const to = { id: decision.id, nowS, request: request.parsed ?? {} };
  return place.forms.addressed?.(to) ?? AS_IT_IS;
}
