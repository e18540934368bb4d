import type { Clock } from '../core/clock.js';

/** Takes bytes as they come, and writes what is left when asked. */
export interface ByteOutput {
  write(bytes: Buffer): unknown;
  flushSync(): void;
}

/** Takes text as it comes, and hands on what is left when asked. */
interface Lines {
  write(text: string): void;
  flushSync(): void;
}

/** Bytes that are written at once: some hundred lines, which saves system calls and wake-ups under load. */
const CHUNK_BYTES = 65_536;
/** UTF-8 takes no more for a UTF-16 unit. */
const MOST_BYTES_A_UNIT = 3;
/** Milliseconds after which a line is written that no other has followed: keeps a quiet server's log current. */
const LINGER_MS = 200;

/**
 * Gathers lines and hands them on in chunks.
 *
 * A line becomes bytes at once, while it is in the processor's caches: to join and to convert thirty later takes several times as long.
 * It is handed on {@link LINGER_MS} after it came at the latest.
 */
export function gathered(output: ByteOutput, clock: Clock): Lines {
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let used = 0;
  let isWaiting = false;
  const handOn = (): void => {
    if (used === 0) return;
    const full = chunk.subarray(0, used);
    // The output keeps what it is given until it is written.
    chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    used = 0;
    output.write(full);
  };
  const lingered = (): void => {
    isWaiting = false;
    handOn();
  };
  return {
    write(line) {
      const most = MOST_BYTES_A_UNIT * line.length;
      if (most > CHUNK_BYTES - used) handOn();
      if (most > CHUNK_BYTES) {
        output.write(Buffer.from(line));
        return;
      }
      used += chunk.write(line, used);
      if (isWaiting) return;
      isWaiting = true;
      clock.after(LINGER_MS, lingered);
    },
    flushSync() {
      handOn();
      output.flushSync();
    },
  };
}
