import { exactJson } from '../exact-json.js';
import type { CacheCodec, AnswerKind, Frame } from '../cache-codec.js';
import { parsedObject } from '../json-members.js';
import {
  isObject,
  objectOrEmpty,
  objectsIn,
  textOrNull,
  without,
  type JsonObject,
} from '../json.js';
import { isCacheableBlock } from './cacheable-block.js';
import { identityOf } from './request-identity.js';
import { encodeUsage } from './usage.js';
import { joinStream } from './join-stream.js';

/** Anthropic's Messages: whole answers, and streams of blocks. */
export const anthropicCacheCodec: CacheCodec = {
  name: 'anthropic',
  identityOf,
  // Every client of this dialect gets the usage.
  splitFrames: (bytes) => [{ bytes, usageOnly: false }],
  joinFrames: (frames) => joinStream(frames.map(({ bytes }) => bytes)),
  toFrames: streamFrames,
  textOf,
  classify: classifyAnswer,
};

/** The members that a stream sends after the content. */
const ENDING = ['stop_reason', 'stop_sequence', 'stop_details'];

type Event = JsonObject & { readonly type: string };

function streamFrames(whole: Buffer): readonly Frame[] | null {
  const message = messageIn(whole);
  return message === null ? null : splitMessage(message.body);
}

/** The stream that is equivalent to a whole message. @param body - a message with content */
export function splitMessage(body: JsonObject): readonly Frame[] {
  // Clients add to these counts, so they must be present.
  const usage = isObject(body['usage']) ? body['usage'] : encodeUsage(null);
  const ending = Object.fromEntries(Object.entries(body).filter(([name]) => ENDING.includes(name)));
  const head = {
    ...without(body, ENDING),
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { ...usage, output_tokens: 0 },
  };
  const events: Event[] = [
    { type: 'message_start', message: head },
    ...objectsIn(body['content']).flatMap(eventsOf),
    { type: 'message_delta', delta: { stop_reason: null, stop_sequence: null, ...ending }, usage },
    { type: 'message_stop' },
  ];
  return events.map(frameOf);
}

function frameOf(event: Event): Frame {
  const text = `event: ${event.type}\ndata: ${exactJson(event)}\n\n`;
  return { bytes: Buffer.from(text), usageOnly: false };
}

function eventsOf(block: JsonObject, index: number): Event[] {
  const { start, deltas } = splitBlock(block);
  return [
    { type: 'content_block_start', index, content_block: start },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

interface SplitBlock {
  readonly start: JsonObject;
  readonly deltas: readonly JsonObject[];
}

/** A block's start without contents, and the deltas with them: clients read the contents only from deltas. */
function splitBlock(block: JsonObject): SplitBlock {
  switch (block['type']) {
    case 'text': {
      const { citations } = block;
      const citationList = Array.isArray(citations) ? (citations as unknown[]) : [];
      return {
        start: { ...block, text: '', ...(Array.isArray(citations) && { citations: [] }) },
        deltas: [
          ...deltasOf('text_delta', 'text', block),
          ...citationList.map((citation) => ({ type: 'citations_delta', citation })),
        ],
      };
    }
    case 'thinking':
      return {
        start: { ...block, thinking: '', signature: '' },
        deltas: [
          ...deltasOf('thinking_delta', 'thinking', block),
          ...deltasOf('signature_delta', 'signature', block),
        ],
      };
    case 'tool_use': {
      const json = exactJson(objectOrEmpty(block['input']));
      return {
        start: { ...block, input: {} },
        deltas: [{ type: 'input_json_delta', partial_json: json }],
      };
    }
    default:
      return { start: block, deltas: [] };
  }
}

function deltasOf(type: string, name: string, block: JsonObject): JsonObject[] {
  const text = textOrNull(block[name]);
  return text === null ? [] : [{ type, [name]: text }];
}

function textOf(whole: Buffer): string | null {
  const message = messageIn(whole);
  if (message === null || message.blocks.some(({ type }) => type === 'tool_use')) return null;
  return textIn(message.blocks);
}

/** The stop reasons that mean that a message is not complete. */
const CUT_SHORT: Readonly<Record<string, AnswerKind>> = {
  refusal: 'filtered',
  max_tokens: 'truncated',
  model_context_window_exceeded: 'truncated',
};

function classifyAnswer(whole: Buffer): AnswerKind | null {
  const message = messageIn(whole);
  if (message === null) return null;
  const { body, blocks } = message;
  const reason = String(body['stop_reason']);
  const cut = Object.hasOwn(CUT_SHORT, reason) ? CUT_SHORT[reason] : undefined;
  if (cut !== undefined) return cut;
  if (reason === 'tool_use' || blocks.some(({ type }) => type === 'tool_use')) return 'tool_calls';
  if (textIn(blocks) === null) return 'empty';
  // Any other reason, such as `pause_turn`, does not guarantee that the answer is complete.
  return reason === 'end_turn' || reason === 'stop_sequence' ? 'complete' : 'truncated';
}

interface Message {
  readonly body: JsonObject;
  readonly blocks: readonly JsonObject[];
}

/** `null` if it is not a message, or has blocks of unknown types. */
function messageIn(whole: Buffer): Message | null {
  const body = parsedObject(whole.toString('utf8'));
  const content = body?.['content'];
  // An answer with a container depends on the container's current contents.
  if (body === null || !Array.isArray(content) || isObject(body['container'])) return null;
  const blocks = content.filter(isObject);
  const isKnown = blocks.length === content.length && blocks.every(isCacheableBlock);
  return isKnown ? { body, blocks } : null;
}

function textIn(blocks: readonly JsonObject[]): string | null {
  const texts = blocks.map((block) =>
    block['type'] === 'text' ? textOrNull(block['text']) : null,
  );
  return textOrNull(texts.join(''));
}
