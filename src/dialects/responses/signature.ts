import { textOrNull } from '../json.js';
import { parsedObject } from '../json-members.js';
import { VENDORS, type ReasoningPart } from '../neutral/part.js';

/**
 * Marks the `encrypted_content` of reasoning that OpenAI's models did not produce.
 *
 * Clients keep that member unchanged and send it back. The mark distinguishes it from OpenAI's own, which no other
 * vendor can read.
 */
const MARK = 'suffice1.';

/** The signature of a reasoning block, and its vendor. */
export type Signature = Pick<ReasoningPart, 'signature' | 'redacted' | 'vendor'>;

/** Encodes a signature as the `encrypted_content` of a reasoning item; OpenAI's own stays as it is. */
export function encodeSignature({ signature, redacted, vendor }: Signature): string {
  if (vendor === 'openai') return signature ?? '';
  return MARK + Buffer.from(JSON.stringify({ vendor, signature, redacted })).toString('base64url');
}

/** Decodes the signature in an `encrypted_content`; `null` if there is none. */
export function decodeSignature(content: unknown): Signature | null {
  const text = textOrNull(content);
  if (text === null) return null;
  if (!text.startsWith(MARK)) return { signature: text, redacted: null, vendor: 'openai' };
  const bytes = Buffer.from(text.slice(MARK.length), 'base64url');
  const envelope = parsedObject(bytes.toString('utf8'));
  const vendor = VENDORS.find((known) => known === envelope?.['vendor']);
  if (vendor === undefined) return null;
  const signature = textOrNull(envelope?.['signature']);
  return { vendor, signature, redacted: textOrNull(envelope?.['redacted']) };
}
