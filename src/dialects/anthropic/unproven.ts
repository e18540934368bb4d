import { isObject, objectsIn, type JsonObject } from '../json.js';
import { VENDORS, type Vendor } from '../neutral/part.js';

/**
 * Stands where a thought's proof would: another vendor's model thought it.
 *
 * Anthropic's clients keep thoughts and send them back. Marked, they can be told from those that
 * Anthropic takes back.
 */
export const UNPROVEN = 'suffice-unproven-thought';

/** The proof of a thought, as Anthropic's clients keep it: another vendor's is marked, and goes back to that vendor. */
export function shownProof({ signature, vendor }: Proof): string {
  return vendor === 'anthropic' ? signature : markOf(vendor) + signature;
}

/** Whose proof an Anthropic's client kept; no signature where it kept none. */
export function readProof(kept: string | null): Omit<Proof, 'signature'> & {
  readonly signature: string | null;
} {
  const vendor = VENDORS.find((one) => kept?.startsWith(markOf(one)) === true);
  if (vendor !== undefined)
    return { signature: kept?.slice(markOf(vendor).length) ?? null, vendor };
  return { signature: kept === UNPROVEN ? null : kept, vendor: 'anthropic' };
}

function markOf(vendor: Vendor): string {
  return `${UNPROVEN}:${vendor}:`;
}

interface Proof {
  readonly signature: string;
  readonly vendor: Vendor;
}

/**
 * A request without thoughts that Anthropic would refuse because its models did not have them.
 *
 * A conversation may have begun with another vendor's model. Where that one called the tools whose results
 * the request brings, thinking is switched off as well: Anthropic goes on thinking only after a thought.
 *
 * @returns the same bytes where there is no such thought
 */
export function withoutUnproven(body: Buffer): Buffer {
  if (!body.includes(UNPROVEN)) return body;
  const request = JSON.parse(body.toString('utf8')) as JsonObject;
  const messages = objectsIn(request['messages']);
  const kept = messages.map(cleaned);
  const last = kept.findLastIndex(({ role }) => role === 'assistant');
  const lostOne = last >= 0 && kept[last] !== messages[last];
  if (lostOne && callsTool(kept[last])) delete request['thinking'];
  request['messages'] = kept.filter(saysSomething);
  return Buffer.from(JSON.stringify(request));
}

function cleaned(message: JsonObject): JsonObject {
  const { content } = message;
  if (!Array.isArray(content) || !content.some(isUnproven)) return message;
  return { ...message, content: content.filter((block) => !isUnproven(block)) };
}

function isUnproven(block: unknown): boolean {
  return (
    isObject(block) &&
    block['type'] === 'thinking' &&
    String(block['signature']).startsWith(UNPROVEN)
  );
}

function callsTool(message: JsonObject | undefined): boolean {
  return objectsIn(message?.['content']).some(({ type }) => type === 'tool_use');
}

/** A message of a thought alone says nothing once the thought is gone. */
function saysSomething({ content }: JsonObject): boolean {
  return !Array.isArray(content) || content.length > 0;
}
