import type { Random } from '../../src/core/random.js';
import { mutateJson } from './mutate-json.js';
import type { Piece } from './piece.js';

type Mutation = (pieces: Piece[], at: number, random: Random) => void;

const NAMES = ['error', 'ping', 'message', 'exception', '', 'content_block_delta', 'done'];
const DATA = [
  '[DONE]',
  '',
  'null',
  '[]',
  '"x"',
  '{}',
  '{"error":{"message":"boom","type":"server_error","code":500}}',
  '{"error":"boom"}',
  '{"type":"error","error":{"type":"overloaded_error","message":"boom"}}',
  '{"type":"ping"}',
  '{"choices":[]}',
  '{"choices":[{"index":0,"delta":{}}]}',
  '<html>',
];

/** The mutations of a stream's events. */
const MUTATIONS: readonly Mutation[] = [
  (pieces, at) => {
    pieces.splice(at, 1);
  },
  (pieces, at) => {
    const piece = pieces[at];
    if (piece !== undefined) pieces.splice(at, 0, piece);
  },
  (pieces, at, random) => {
    const to = random.below(pieces.length);
    const [one, other] = [pieces[at], pieces[to]];
    if (one === undefined || other === undefined) return;
    pieces[at] = other;
    pieces[to] = one;
  },
  (pieces, at, random) => {
    const data = DATA[random.below(DATA.length)] ?? '';
    const name = NAMES[random.below(NAMES.length)] ?? '';
    pieces.splice(at, 0, { name, data });
  },
  (pieces, at, random) => {
    const piece = pieces[at];
    if (piece === undefined) return;
    const name = NAMES[random.below(NAMES.length)] ?? '';
    pieces[at] = { ...piece, name, isException: random.below(4) === 0 };
  },
  // JSON spread over several lines.
  (pieces, at) => {
    const piece = pieces[at];
    if (piece === undefined) return;
    try {
      pieces[at] = { ...piece, data: JSON.stringify(JSON.parse(piece.data), null, 1) };
    } catch {
      // Already mutated to invalid JSON: left as it is.
    }
  },
  (pieces, at, random) => {
    const many = Array.from({ length: 1 + random.below(30) }, () => pieces[at]);
    pieces.splice(at, 0, ...many.filter((piece) => piece !== undefined));
  },
];

/** Changes some of the pieces: mostly their content, sometimes their order and number. */
export function mutatePieces(pieces: readonly Piece[], random: Random): Piece[] {
  const changed = [...pieces];
  for (let left = random.below(4); left > 0; left--) {
    const at = random.below(changed.length);
    const piece = changed[at];
    if (piece === undefined) break;
    const mutation = MUTATIONS[random.below(2 * MUTATIONS.length)];
    if (mutation !== undefined) mutation(changed, at, random);
    else changed[at] = { ...piece, data: mutateJson(piece.data, random) };
  }
  return changed;
}
