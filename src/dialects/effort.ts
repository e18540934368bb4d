import { isObject, textOrNull } from './json.js';
import {
  removals,
  scanArray,
  scanObject,
  spliceBytes,
  parseValue,
  type MemberSpan,
  type Splice,
} from './json-splice.js';
import type { Losses } from './neutral/losses.js';

/** All reasoning efforts, lowest first. */
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
 * The supported effort that is nearest to the requested one.
 *
 * Of two that are equally near, the higher one. A request for some reasoning never becomes `none`; a request for none
 * becomes the lowest supported effort.
 *
 * @param known - the supported efforts, in any order
 * @returns `null` for an unknown effort, and if no effort is supported
 */
export function nearestEffort(requested: string, known: readonly string[]): string | null {
  const place = EFFORTS.indexOf(requested);
  if (place < 0) return null;
  if (known.includes(requested)) return requested;
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
 * The client's bytes with an effort that the model supports, in OpenAI's Chat Completions or Responses.
 *
 * A model that supports none does not reason: the effort is removed, and so is a request for encrypted reasoning.
 *
 * @param body - a JSON object
 * @throws {GatewayError} `invalid_request` if nothing may be dropped and the model does not reason
 */
export function withSupportedEffort(
  body: Buffer,
  known: readonly string[],
  losses: Losses,
): Buffer {
  const { found } = scanObject(body, 0, ['reasoning_effort', 'reasoning', 'include']);
  const thinking = found.filter(({ name }) => name !== 'include');
  if (known.length === 0) {
    for (const member of thinking) {
      if (!isWithoutReasoning(parseValue(body, member))) losses.note(member.name, member.name);
    }
    const proofs = found.filter(({ name }) => name === 'include');
    const splices = [...removals(thinking), ...proofs.flatMap((member) => proofsIn(body, member))];
    return spliceBytes(body, splices);
  }
  const efforts = thinking.flatMap((member) => {
    if (member.name === 'reasoning_effort') return [{ ...member, field: member.name }];
    if (!isObject(parseValue(body, member))) return [];
    const inner = scanObject(body, member.start, ['effort']).found;
    return inner.map((span) => ({ ...span, field: 'reasoning.effort' }));
  });
  const splices = efforts.flatMap(({ field, ...span }): Splice[] => {
    const requested = textOrNull(parseValue(body, span));
    const nearest = requested === null ? null : nearestEffort(requested, known);
    if (nearest === null || nearest === requested) return [];
    losses.hint(field, 'thinking');
    return [{ start: span.start, end: span.end, text: JSON.stringify(nearest) }];
  });
  return spliceBytes(body, splices);
}

/** Removes `reasoning.encrypted_content` from `include`. */
function proofsIn(body: Buffer, member: MemberSpan): Splice[] {
  if (!Array.isArray(parseValue(body, member))) return [];
  const removed = scanArray(body.toString('latin1'), member.start).filter(
    (element) => parseValue(body, element) === 'reasoning.encrypted_content',
  );
  return removals(removed);
}

/** Whether no reasoning is requested, which a model without reasoning satisfies. */
function isWithoutReasoning(value: unknown): boolean {
  const effort = isObject(value) ? (value['effort'] ?? null) : value;
  return effort === null || effort === NONE;
}
