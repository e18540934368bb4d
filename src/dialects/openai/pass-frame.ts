import type { JsonObject } from '../json.js';
import type { SseEvent } from '../sse.js';
import type { Outbox } from './outbox.js';

/** How OpenAI says in every chunk that usage is still to come, to those who asked for it. */
const STILL_TO_COME = ',"usage":null';

/**
 * Passes a chunk on as it came, but for usage that is announced to a client that asked for none.
 *
 * @param chunk - what the event says; may be changed in place
 */
export function passFrame(
  chunk: JsonObject,
  { bytes, frameStart, end }: SseEvent,
  out: Outbox,
  includeUsage: boolean,
): void {
  const isHiding = chunk['usage'] === null && !includeUsage;
  if (frameStart >= 0 && !isHiding) {
    out.addFrame(bytes, frameStart, end + 2);
    return;
  }
  // Its quotes would be escaped in a text, so this can only be a member.
  const at = frameStart < 0 ? -1 : bytes.subarray(frameStart, end).lastIndexOf(STILL_TO_COME);
  if (at >= 0) {
    out.addFrame(bytes, frameStart, frameStart + at);
    out.addFrame(bytes, frameStart + at + STILL_TO_COME.length, end + 2);
    return;
  }
  if (isHiding) delete chunk['usage'];
  out.addData(JSON.stringify(chunk));
}
