import { textOrNull } from '../json.js';
import { parsedObject } from '../json-members.js';
import { VENDORS, type ReasoningPart } from '../neutral/part.js';

/** Google's placeholder for a missing signature: Gemini rejects a call without one. */
export const PLACEHOLDER_SIGNATURE = Buffer.from('skip_thought_signature_validator').toString(
  'base64',
);

/** Nine bytes, so that its base64 is a prefix of the base64 of the mark and what follows. */
const MARK = 'suffice!:';
export const ENCODED_MARK = Buffer.from(MARK).toString('base64');

/** The signature of a reasoning block, and its vendor. */
export type Signature = Pick<ReasoningPart, 'signature' | 'redacted' | 'vendor'>;

/**
 * Encodes a signature as `thoughtSignature`, which Gemini's clients store and send back.
 *
 * Another vendor's is marked, so that it is distinguishable from Gemini's own and goes back only to that vendor.
 */
export function encodeSignature({ signature, redacted, vendor }: Signature): string {
  if (vendor === 'gemini' && signature !== null) return signature;
  const envelope = JSON.stringify({ vendor, signature, redacted });
  return Buffer.from(MARK + envelope).toString('base64');
}

/** Decodes a signature that a client sent back; `null` if there is none, and for the placeholder. */
export function decodeSignature(value: unknown): Signature | null {
  const text = textOrNull(value);
  if (text === null || text === PLACEHOLDER_SIGNATURE) return null;
  if (!isForeignSignature(text)) return { signature: text, redacted: null, vendor: 'gemini' };
  const envelope = parsedObject(Buffer.from(text, 'base64').toString('utf8').slice(MARK.length));
  const vendor = VENDORS.find((known) => known === envelope?.['vendor']);
  const proof = {
    signature: textOrNull(envelope?.['signature']),
    redacted: textOrNull(envelope?.['redacted']),
  };
  return vendor === undefined ? null : { ...proof, vendor };
}

/** Whether a signature is another vendor's. */
export function isForeignSignature(signature: string): boolean {
  return signature.startsWith(ENCODED_MARK);
}
