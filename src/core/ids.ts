import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789abcdefghijklmnopqrstuv';
/** All pairs of characters, so that an id is built in half as many steps. */
const PAIRS = Array.from(
  { length: 1024 },
  (_, i) => ALPHABET.charAt(i >> 5) + ALPHABET.charAt(i & 31),
);
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
    const end = used + RANDOM_CHARS;
    for (; used + 1 < end; used += 2) {
      id += PAIRS[(((pool[used] ?? 0) & 31) << 5) | ((pool[used + 1] ?? 0) & 31)] ?? '';
    }
    id += ALPHABET.charAt((pool[used++] ?? 0) & 31);
    return id;
  };
}
