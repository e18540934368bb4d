import { addAll } from './add-all.js';
import type { ContentPart, Turn } from './part.js';

/**
 * Sorts tool results into the order of their calls. Clients send them as tools finish, but Gemini and most chat templates
 * of local models match several results of the same tool only by their order.
 *
 * @param turns - with unique call ids
 */
export function inCallOrder(turns: readonly Turn[]): readonly Turn[] {
  const places = new Map<string, number>();
  for (const part of turns.flatMap(({ parts }) => parts)) {
    if (part.kind === 'tool_call') places.set(part.id, places.size);
  }
  if (places.size < 2 || isOrdered(turns, places)) return turns;
  const placeOf = (part: ContentPart | undefined): number =>
    part?.kind === 'tool_result' ? (places.get(part.callId) ?? places.size) : places.size;
  const ordered: Turn[] = [];
  let results: Turn[] = [];
  const flush = (): void => {
    addAll(
      ordered,
      results.sort((a, b) => placeOf(a.parts[0]) - placeOf(b.parts[0])),
    );
    results = [];
  };
  for (const turn of turns) {
    if (turn.role === 'tool') {
      results.push({ ...turn, parts: [...turn.parts].sort((a, b) => placeOf(a) - placeOf(b)) });
    } else {
      flush();
      ordered.push(turn);
    }
  }
  flush();
  return ordered;
}

function isOrdered(turns: readonly Turn[], places: ReadonlyMap<string, number>): boolean {
  let last = -1;
  for (const { role, parts } of turns) {
    if (role !== 'tool') last = -1;
    for (const part of parts) {
      if (part.kind !== 'tool_result') continue;
      const place = places.get(part.callId) ?? places.size;
      if (place < last) return false;
      last = place;
    }
  }
  return true;
}
