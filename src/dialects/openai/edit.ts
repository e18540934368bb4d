import type { ChatRequest, RequestEdits } from '../dialect.js';
import type { Splice } from '../json-splice.js';
import { scanObject, spliceBytes } from '../json-splice.js';

const ASKED = '{"include_usage":true}';
const OPEN_BRACE = 0x7b;

/**
 * The client's bytes with the model replaced, and usage asked for where it is wanted.
 *
 * Where a client writes a member twice both are replaced, so it does not matter which of them the
 * provider reads. All other bytes are the client's.
 */
export function editRequest(request: ChatRequest, edits: RequestEdits): Buffer {
  const { body } = request;
  // A provider refuses `stream_options` where there is no stream.
  const askUsage = edits.askUsage && request.stream && !request.includeUsage;
  const names = askUsage ? ['model', 'stream_options'] : ['model'];
  const { found, insertAt } = scanObject(body, 0, names);
  const model = JSON.stringify(edits.model);
  const splices: Splice[] = [];
  if (askUsage && !found.some(({ name }) => name === 'stream_options')) {
    splices.push({ start: insertAt, end: insertAt, text: `"stream_options":${ASKED},` });
  }
  for (const { name, start, end } of found) {
    if (name === 'model') splices.push({ start, end, text: model });
    else splices.push(...askIn(body, start, end));
  }
  return spliceBytes(body, splices);
}

/** Adds `include_usage` to the `stream_options` at `body[start, end)`; its other members stay. */
function askIn(body: Buffer, start: number, end: number): Splice[] {
  if (body[start] !== OPEN_BRACE) return [{ start, end, text: ASKED }];
  const { found, isEmpty, insertAt } = scanObject(body, start, ['include_usage']);
  if (found.length > 0) return found.map((span) => ({ ...span, text: 'true' }));
  const text = `"include_usage":true${isEmpty ? '' : ','}`;
  return [{ start: insertAt, end: insertAt, text }];
}
