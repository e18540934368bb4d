import type { Clock } from '../core/clock.js';

/** An output for bytes. */
export interface ByteOutput {
  write(bytes: Buffer): unknown;
  flushSync(): void;
}

/** An output for lines of text. */
interface Lines {
  write(text: string): void;
  flushSync(): void;
}

/** Bytes per write: some hundred lines, which saves system calls and wake-ups under load. */
const CHUNK_BYTES = 65_536;
/** UTF-8 needs at most this many bytes per UTF-16 unit. */
const MAX_BYTES_PER_UNIT = 3;
/** Longest time a line waits for further ones, in milliseconds: keeps a quiet server's log current. */
const LINGER_MS = 200;

/**
 * Buffers lines and writes them in chunks.
 *
 * A line is encoded at once, while it is in the processor's caches: joining and encoding thirty lines later takes several times as long.
 * It is written after {@link LINGER_MS} at the latest.
 */
export function bufferedLines(output: ByteOutput, clock: Clock): Lines {
  let chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  let used = 0;
  let isWaiting = false;
  const flushChunk = (): void => {
    if (used === 0) return;
    const full = chunk.subarray(0, used);
    // The output keeps the buffer until it is written.
    chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    used = 0;
    output.write(full);
  };
  const onLinger = (): void => {
    isWaiting = false;
    flushChunk();
  };
  return {
    write(line) {
      const maxBytes = MAX_BYTES_PER_UNIT * line.length;
      if (maxBytes > CHUNK_BYTES - used) flushChunk();
      if (maxBytes > CHUNK_BYTES) {
        output.write(Buffer.from(line));
        return;
      }
      used += chunk.write(line, used);
      if (isWaiting) return;
      isWaiting = true;
      clock.after(LINGER_MS, onLinger);
    },
    flushSync() {
      flushChunk();
      output.flushSync();
    },
  };
}
