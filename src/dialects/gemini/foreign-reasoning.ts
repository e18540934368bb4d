import type { StrippedRequest } from '../dialect.js';
import { isObject } from '../json.js';
import {
  removals,
  scanArray,
  scanObject,
  spliceBytes,
  parseValue,
  type ElementSpan,
  type MemberSpan,
  type Splice,
} from '../json-splice.js';
import type { Loss } from '../neutral/losses.js';
import { camelMembers } from './members.js';
import { ENCODED_MARK, isForeignSignature, PLACEHOLDER_SIGNATURE } from './signature.js';

/**
 * Removes reasoning of other vendors' models, which Gemini would reject; all other bytes are the client's.
 *
 * @returns the same buffer if there is none
 */
export function withoutForeignReasoning(body: Buffer): StrippedRequest {
  const dropped: Loss[] = [];
  if (!body.includes(ENCODED_MARK)) return { body, dropped };
  const text = body.toString('latin1');
  const splices: Splice[] = [];
  const contents = scanObject(text, 0, ['contents']).found.at(-1);
  if (contents === undefined) return { body, dropped };
  const emptied: ElementSpan[] = [];
  elementsOf(text, contents).forEach((content, i) => {
    const parts = scanObject(text, content.start, ['parts']).found.at(-1);
    if (parts === undefined || !text.slice(parts.start, parts.end).includes(ENCODED_MARK)) return;
    const removed: ElementSpan[] = [];
    const all = elementsOf(text, parts);
    all.forEach((part, k) => {
      const written = removeForeign(body, text, part);
      if (written === null) return;
      dropped.push({ field: `contents[${i}].parts[${k}]`, what: 'reasoning' });
      if (written === 'gone') removed.push(part);
      else splices.push(...written);
    });
    // A turn of only reasoning is removed as a whole.
    if (removed.length === all.length) emptied.push(content);
    else splices.push(...removals(removed));
  });
  splices.push(...removeElements(emptied, text, contents));
  return {
    body: spliceBytes(body, splices),
    dropped,
  };
}

/** The elements of an array; Google also accepts a single object in place of an array. */
function elementsOf(text: string, { start, end }: MemberSpan): ElementSpan[] {
  if (text[start] !== '{') return scanArray(text, start);
  return [{ nameStart: start, start, end, previousEnd: start, commaEnd: null }];
}

function removeElements(removed: readonly ElementSpan[], text: string, list: MemberSpan): Splice[] {
  if (text[list.start] !== '{') return removals(removed);
  return removed.map(({ start, end }) => ({ start, end, text: '[]' }));
}

/** The splices that remove another vendor's signature from a part; `gone` if the part has nothing else, `null` if it has none. */
function removeForeign(body: Buffer, text: string, part: ElementSpan): Splice[] | 'gone' | null {
  const value: unknown = parseValue(body, part);
  if (!isObject(value)) return null;
  const { thoughtSignature, thought, functionCall } = camelMembers(value);
  if (typeof thoughtSignature !== 'string' || !isForeignSignature(thoughtSignature)) return null;
  if (thought === true) return 'gone';
  const { found } = scanObject(text, part.start, ['thoughtSignature', 'thought_signature']);
  if (!isObject(functionCall)) return removals(found);
  return found.map(({ start, end }) => ({
    start,
    end,
    text: JSON.stringify(PLACEHOLDER_SIGNATURE),
  }));
}
