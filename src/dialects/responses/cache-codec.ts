import type { CacheCodec, AnswerKind, Frame } from '../cache-codec.js';
import { isObject, objectOrEmpty, objectsIn, type JsonObject } from '../json.js';
import { parsedObject } from '../json-members.js';
import { SseReader } from '../sse.js';
import { readdressed } from './readdress.js';
import {
  isCallItem,
  knownResponse,
  partsOf,
  textIn,
  type KnownResponse,
} from './known-response.js';
import { identityOf } from './request-identity.js';
import { splitResponse } from './split-response.js';

/** OpenAI's Responses: whole answers, and streams of typed events. */
export const responsesCacheCodec: CacheCodec = {
  name: 'responses',
  identityOf,
  // Every client of this dialect gets the usage.
  splitFrames: (bytes) => [{ bytes, usageOnly: false }],
  joinFrames: finalResponse,
  toFrames: (whole) => {
    const response = knownResponse(whole);
    return response === null
      ? null
      : splitResponse(response).map((bytes) => ({ bytes, usageOnly: false }));
  },
  textOf,
  classify: classifyAnswer,
  readdress: readdressed,
};

/** The last event contains the whole response; everything that was streamed must be in it. */
function finalResponse(frames: readonly Frame[]): Buffer | null {
  const events: (JsonObject | null)[] = [];
  const reader = new SseReader(({ bytes, start, end }) => {
    events.push(parsedObject(bytes.toString('utf8', start, end)));
  });
  for (const { bytes } of frames) reader.push(bytes);
  const last = objectOrEmpty(events.at(-1));
  const isOver = last['type'] === 'response.completed' || last['type'] === 'response.incomplete';
  const { response } = last;
  if (!isOver || !isObject(response) || events.some(isError)) return null;
  const done = events.filter((event) => event?.['type'] === 'response.output_item.done');
  if (done.length > objectsIn(response['output']).length) return null;
  return Buffer.from(JSON.stringify(response));
}

function isError(event: JsonObject | null): boolean {
  return event === null || event['type'] === 'error' || event['type'] === 'response.failed';
}

function textOf(whole: Buffer): string | null {
  const response = knownResponse(whole);
  return response === null || response.items.some(isCallItem) ? null : textIn(response);
}

function classifyAnswer(whole: Buffer): AnswerKind | null {
  const response = knownResponse(whole);
  if (response === null) return null;
  const { body, items } = response;
  const reason = objectOrEmpty(body['incomplete_details'])['reason'];
  if (reason === 'content_filter' || hasRefusal(response)) return 'filtered';
  if ([body, ...items].some(({ status }) => status === 'incomplete')) return 'truncated';
  if (items.some(isCallItem)) return 'tool_calls';
  return textIn(response) === null ? 'empty' : 'complete';
}

function hasRefusal({ items }: KnownResponse): boolean {
  const parts = items.flatMap((item) => partsOf(item, 'content'));
  return parts.some(({ type }) => type === 'refusal');
}
