import { textOrNull } from '../json.js';
import { parsedObject } from '../json-members.js';
import { VENDORS, type ReasoningPart } from '../neutral/part.js';

/** Stands for a proof that is lost; Gemini refuses a call without any. */
export const NO_PROOF = Buffer.from('skip_thought_signature_validator').toString('base64');

/** Nine bytes, so that its base64 is the beginning of the base64 of whatever follows it. */
const MARK = 'suffice!:';
export const ENCODED_MARK = Buffer.from(MARK).toString('base64');

/** What of a thought comes back with its proof. */
export type Proof = Pick<ReasoningPart, 'signature' | 'redacted' | 'vendor'>;

/**
 * The proof of a thought as `thoughtSignature`, which clients of Gemini keep and send back.
 *
 * Another vendor's is marked: it can be told from Gemini's own, and is given back to that vendor only.
 */
export function shownProof({ signature, redacted, vendor }: Proof): string {
  if (vendor === 'gemini' && signature !== null) return signature;
  const kept = JSON.stringify({ vendor, signature, redacted });
  return Buffer.from(MARK + kept).toString('base64');
}

/** Whose proof a client kept; `null` for none, and for the word that stands for a lost one. */
export function readProof(kept: unknown): Proof | null {
  const text = textOrNull(kept);
  if (text === null || text === NO_PROOF) return null;
  if (!isForeign(text)) return { signature: text, redacted: null, vendor: 'gemini' };
  const told = parsedObject(Buffer.from(text, 'base64').toString('utf8').slice(MARK.length));
  const vendor = VENDORS.find((known) => known === told?.['vendor']);
  const proof = {
    signature: textOrNull(told?.['signature']),
    redacted: textOrNull(told?.['redacted']),
  };
  return vendor === undefined ? null : { ...proof, vendor };
}

/** Tells another vendor's proof from Gemini's own. */
export function isForeign(signature: string): boolean {
  return signature.startsWith(ENCODED_MARK);
}
