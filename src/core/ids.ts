import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789abcdefghijklmnopqrstuv';
const RANDOM_CHARS = 15;

/** Makes ids that sort by the time they were made; unguessable, so that one tells nothing of the next. */
export function idMaker(prefix: string): (wallMs: number) => string {
  // Asking the kernel for 15 bytes at a time costs more than a whole routing decision.
  const pool = Buffer.alloc(RANDOM_CHARS * 256);
  let used = pool.length;
  return (wallMs) => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    let id = prefix + wallMs.toString(32).padStart(9, '0');
    for (const end = used + RANDOM_CHARS; used < end; used++) {
      id += ALPHABET.charAt((pool[used] ?? 0) & 31);
    }
    return id;
  };
}
