import type { JsonObject } from '../json.js';
import type { SseEvent } from '../sse.js';
import type { OutputBuffer } from './output-buffer.js';

/** OpenAI sends this in every chunk if usage was requested. */
const NULL_USAGE = ',"usage":null';

/**
 * Forwards a chunk's bytes, without `"usage":null` if the client did not request usage.
 *
 * @param chunk - the parsed event; may be changed in place
 */
export function forwardFrame(
  chunk: JsonObject,
  { bytes, frameStart, end }: SseEvent,
  out: OutputBuffer,
  includeUsage: boolean,
): void {
  const hidesUsage = chunk['usage'] === null && !includeUsage;
  if (frameStart >= 0 && !hidesUsage) {
    out.addFrame(bytes, frameStart, end + 2);
    return;
  }
  // Inside a string its quotes would be escaped, so this can only be the member.
  const at = frameStart < 0 ? -1 : bytes.subarray(frameStart, end).lastIndexOf(NULL_USAGE);
  if (at >= 0) {
    out.addFrame(bytes, frameStart, frameStart + at);
    out.addFrame(bytes, frameStart + at + NULL_USAGE.length, end + 2);
    return;
  }
  if (hidesUsage) delete chunk['usage'];
  out.addData(JSON.stringify(chunk));
}
