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
