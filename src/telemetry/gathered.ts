import type { Clock } from '../core/clock.js';

/** Takes text as it comes, and writes what is left when asked. */
interface Output {
  write(text: string): unknown;
  flushSync(): void;
}

/** Characters that are written at once: some thirty lines, which saves system calls and wake-ups under load. */
const CHUNK_CHARS = 16_384;
/** Milliseconds after which a line is written that no other has followed: keeps a quiet server's log current. */
const LINGER_MS = 200;

/**
 * Gathers lines and hands them on in chunks: the output measures all it holds at every write.
 *
 * A line is handed on {@link LINGER_MS} after it came at the latest.
 */
export function gathered(output: Output, clock: Clock): Output {
  let lines = '';
  let isWaiting = false;
  const handOn = (): void => {
    if (lines === '') return;
    const chunk = lines;
    lines = '';
    output.write(chunk);
  };
  const lingered = (): void => {
    isWaiting = false;
    handOn();
  };
  return {
    write(line) {
      lines += line;
      if (lines.length >= CHUNK_CHARS) handOn();
      else if (!isWaiting) {
        isWaiting = true;
        clock.after(LINGER_MS, lingered);
      }
    },
    flushSync() {
      handOn();
      output.flushSync();
    },
  };
}
