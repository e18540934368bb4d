import { isObject, textOrNull, type JsonObject } from '../json.js';
import { parsedObject } from '../json-members.js';
import type { ReasoningPart, Vendor } from '../neutral/part.js';

/**
 * Begins the `encrypted_content` of thoughts that OpenAI's models did not have.
 *
 * Clients keep that member as it is and send it back. Marked, it can be told from OpenAI's own, which
 * no other vendor can read.
 */
const MARK = 'suffice1.';

const VENDORS: readonly string[] = ['anthropic', 'gemini'] satisfies readonly Vendor[];

/** What proves a thought to its vendor. */
export type Proof = Pick<ReasoningPart, 'signature' | 'redacted' | 'vendor'>;

/** A proof as the `encrypted_content` of a reasoning item. */
export function sealed({ signature, redacted, vendor }: Proof): string {
  return MARK + Buffer.from(JSON.stringify({ vendor, signature, redacted })).toString('base64url');
}

/** The proof in an `encrypted_content`; `null` for what was not sealed here. */
export function unsealed(content: unknown): Proof | null {
  if (typeof content !== 'string' || !content.startsWith(MARK)) return null;
  const bytes = Buffer.from(content.slice(MARK.length), 'base64url');
  const proof: JsonObject | null = parsedObject(bytes.toString('utf8'));
  if (!isObject(proof) || !isVendor(proof['vendor'])) return null;
  return {
    vendor: proof['vendor'],
    signature: textOrNull(proof['signature']),
    redacted: textOrNull(proof['redacted']),
  };
}

function isVendor(vendor: unknown): vendor is Vendor {
  return typeof vendor === 'string' && VENDORS.includes(vendor);
}
