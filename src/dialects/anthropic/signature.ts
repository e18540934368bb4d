import { VENDORS, type Vendor } from '../neutral/part.js';

/**
 * Marks the `signature` of reasoning that Anthropic's models did not produce.
 *
 * Anthropic's clients keep reasoning and send it back. The mark distinguishes it from reasoning that Anthropic accepts.
 */
export const FOREIGN_MARK = 'suffice-unproven-thought';

/** A signature as Anthropic's clients get it: another vendor's is marked, and goes back only to that vendor. */
export function encodeSignature({ signature, vendor }: Signature): string {
  return vendor === 'anthropic' ? signature : vendorMark(vendor) + signature;
}

/** Reads a signature that a client sent back: its vendor, and `null` if it is unsigned. */
export function decodeSignature(kept: string | null): Omit<Signature, 'signature'> & {
  readonly signature: string | null;
} {
  const vendor = VENDORS.find((one) => kept?.startsWith(vendorMark(one)) === true);
  if (vendor !== undefined)
    return { signature: kept?.slice(vendorMark(vendor).length) ?? null, vendor };
  return { signature: kept === FOREIGN_MARK ? null : kept, vendor: 'anthropic' };
}

function vendorMark(vendor: Vendor): string {
  return `${FOREIGN_MARK}:${vendor}:`;
}

interface Signature {
  readonly signature: string;
  readonly vendor: Vendor;
}
