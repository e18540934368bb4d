import { addAll } from './add-all.js';
import type { ContentPart, Turn } from './part.js';

/**
 * The same turns with results of tools in the order of their calls: clients send them as tools come to an end, and
 * Gemini, and most templates of models that run locally, tell the results of one tool's calls by nothing but their order.
 *
 * @param turns - with an id of its own for every call
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
  const settle = (): void => {
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
      settle();
      ordered.push(turn);
    }
  }
  settle();
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
