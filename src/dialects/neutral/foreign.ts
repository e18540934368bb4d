import { GatewayError } from '../../core/errors.js';
import type { Losses } from './losses.js';
import type { CacheMarker, ContentPart, Turn } from './part.js';
import type { NeutralRequest } from './request.js';

/** Notes every member of a request that cannot be expressed outside the client's dialect. */
export function noteForeignMembers(request: NeutralRequest, losses: Losses): void {
  for (const { field, isKnown, isHint } of [...request.foreign, ...(request.unread?.() ?? [])]) {
    const what = isKnown ? withoutIndexes(field) : 'unknown member';
    if (isHint === true) losses.hint(field, what);
    else losses.note(field, what);
  }
}

/** Notes a message part that the provider's dialect cannot express. */
export function noteLostPart(part: ContentPart, losses: Losses): void {
  losses.note(part.at, part.kind === 'foreign' ? 'content' : part.kind);
}

/**
 * Handles a turn of which nothing could be translated: drops it, or rejects the request.
 *
 * @throws {GatewayError} `invalid_request` if it is a user turn with content: an answer to the rest would be an
 *   answer to another question
 */
export function dropEmptiedTurn({ role, parts, at }: Turn): void {
  if (role !== 'user' || parts.every((part) => part.kind === 'text')) return;
  throw new GatewayError(
    'invalid_request',
    `No content of \`${at}\` can be sent to the chosen model.`,
    {
      param: at,
    },
  );
}

/** Notes all cache markers of a request, for providers that do not support them. */
export function noteCacheMarkers(request: NeutralRequest, losses: Losses): void {
  const note = (at: string, cache: CacheMarker | null | undefined): void => {
    if (cache !== null && cache !== undefined) losses.hint(`${at}cache_control`, 'cache_control');
  };
  note('', request.cache);
  for (const tool of request.tools) note(`${tool.at}.`, tool.cache);
  for (const part of request.turns.flatMap(partsOf)) note(`${part.at}.`, part.cache);
}

function partsOf(turn: Turn): readonly ContentPart[] {
  return turn.parts;
}

function withoutIndexes(field: string): string {
  return field.replace(/\[\d+\]/g, '');
}
