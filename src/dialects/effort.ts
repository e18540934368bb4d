import { isObject, textOrNull } from './json.js';
import {
  removals,
  scanArray,
  scanObject,
  spliceBytes,
  valueIn,
  type MemberSpan,
  type Splice,
} from './json-splice.js';
import type { Losses } from './neutral/losses.js';

/** Words for how hard a model is to think, the least first. */
export const EFFORTS: readonly string[] = [
  'none',
  'minimal',
  'low',
  'medium',
  'high',
  'xhigh',
  'max',
];
const NONE = 'none';

/**
 * The effort that comes nearest to the one that is asked for, of those that a model knows.
 *
 * The greater one of two that are as near. A model that shall think a little is not kept from it, and one that shall not
 * think at all thinks as little as it can.
 *
 * @param known - words, in any order
 * @returns `null` for a word that nobody knows, and where the model knows none
 */
export function nearestEffort(wanted: string, known: readonly string[]): string | null {
  const place = EFFORTS.indexOf(wanted);
  if (place < 0) return null;
  if (known.includes(wanted)) return wanted;
  let nearest: string | null = null;
  let least = Infinity;
  for (const [i, word] of EFFORTS.entries()) {
    const distance = Math.abs(i - place);
    if (word === NONE || !known.includes(word) || distance > least) continue;
    nearest = word;
    least = distance;
  }
  return nearest;
}

/**
 * The client's bytes with an effort that the model knows, in OpenAI's chat completions or responses.
 *
 * A model that knows none does not think: it is told nothing of thinking, and not asked for proofs of it.
 *
 * @param body - a JSON object
 * @throws {GatewayError} `invalid_request` where nothing may be left out and the model does not think
 */
export function withKnownEffort(body: Buffer, known: readonly string[], losses: Losses): Buffer {
  const { found } = scanObject(body, 0, ['reasoning_effort', 'reasoning', 'include']);
  const thinking = found.filter(({ name }) => name !== 'include');
  if (known.length === 0) {
    for (const member of thinking) {
      if (!saysNothing(valueIn(body, member))) losses.note(member.name, member.name);
    }
    const proofs = found.filter(({ name }) => name === 'include');
    const splices = [...removals(thinking), ...proofs.flatMap((member) => proofsIn(body, member))];
    return spliceBytes(body, splices);
  }
  const efforts = thinking.flatMap((member) => {
    if (member.name === 'reasoning_effort') return [{ ...member, field: member.name }];
    if (!isObject(valueIn(body, member))) return [];
    const inner = scanObject(body, member.start, ['effort']).found;
    return inner.map((span) => ({ ...span, field: 'reasoning.effort' }));
  });
  const splices = efforts.flatMap(({ field, ...span }): Splice[] => {
    const wanted = textOrNull(valueIn(body, span));
    const nearest = wanted === null ? null : nearestEffort(wanted, known);
    if (nearest === null || nearest === wanted) return [];
    losses.hint(field, 'thinking');
    return [{ start: span.start, end: span.end, text: JSON.stringify(nearest) }];
  });
  return spliceBytes(body, splices);
}

/** What takes proofs of thoughts out of what is to be included. */
function proofsIn(body: Buffer, member: MemberSpan): Splice[] {
  if (!Array.isArray(valueIn(body, member))) return [];
  const gone = scanArray(body.toString('latin1'), member.start).filter(
    (element) => valueIn(body, element) === 'reasoning.encrypted_content',
  );
  return removals(gone);
}

/** That a model shall not think is what one does that cannot. */
function saysNothing(value: unknown): boolean {
  const effort = isObject(value) ? (value['effort'] ?? null) : value;
  return effort === null || effort === NONE;
}
