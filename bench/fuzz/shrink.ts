import { findFault, type Input } from './check.js';

/** Enough to make most inputs small. */
const MAX_TRIES = 400;

/**
 * A smaller input with the same fault: fewer chunks, then fewer bytes.
 *
 * @param onTry - called for every input that is tried
 */
export function shrinkInput(
  input: Input,
  fault: string,
  onTry: () => void = () => undefined,
): Input {
  let best = input;
  let tries = 0;
  const holds = (candidate: Input): boolean => {
    onTry();
    if (tries++ >= MAX_TRIES || findFault(candidate) !== fault) return false;
    best = candidate;
    return true;
  };
  if (!holds({ ...best, cuts: [] })) {
    for (const cut of input.cuts) if (holds({ ...best, cuts: [cut] })) break;
  }
  // The bytes of a truncated input must stay as they are; only its chunks may change.
  if (input.isCut) return best;
  for (let size = best.bytes.length >> 1; size > 0 && tries < MAX_TRIES; size >>= 1) {
    for (let at = 0; at < best.bytes.length;) {
      const { bytes } = best;
      const less = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + size)]);
      if (!holds({ ...best, bytes: less })) at += size;
    }
  }
  return best;
}

/** Serialises an input for a file. */
export function serializeInput(input: Input, fault: string): string {
  const { bytes, ...rest } = input;
  const file = { fault, ...rest, text: bytes.toString('utf8'), base64: bytes.toString('base64') };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Parses the output of `serializeInput`. */
export function parseInput(text: string): Input {
  const { provider, isStream, base64, cuts, isCut } = JSON.parse(text) as Input & {
    readonly base64: string;
  };
  return { provider, isStream, bytes: Buffer.from(base64, 'base64'), cuts, isCut };
}
