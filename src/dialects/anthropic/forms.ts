import { exactJson } from '../exact-json.js';
import type { AnswerForms, AnswerKind, Frame } from '../answer-forms.js';
import { parsedObject } from '../json-members.js';
import {
  isObject,
  objectOrEmpty,
  objectsIn,
  textOrNull,
  without,
  type JsonObject,
} from '../json.js';
import { isKnownBlock } from './known-block.js';
import { identityOf } from './request-identity.js';
import { writtenUsage } from './usage.js';
import { wholeOf } from './whole-of-stream.js';

/** Anthropic's messages: whole ones, and streams of their blocks. */
export const anthropicForms: AnswerForms = {
  name: 'anthropic',
  identityOf,
  // Every client of this dialect is told the usage.
  framesIn: (bytes) => [{ bytes, usageOnly: false }],
  wholeOf: (frames) => wholeOf(frames.map(({ bytes }) => bytes)),
  framesOf,
  textOf,
  kindOf,
};

/** What a message says only once its content is complete. */
const ENDING = ['stop_reason', 'stop_sequence', 'stop_details'];

type Event = JsonObject & { readonly type: string };

function framesOf(whole: Buffer): readonly Frame[] | null {
  const message = messageIn(whole);
  return message === null ? null : streamOf(message.body);
}

/** The events of a stream that say what a whole message does. @param body - a message with content */
export function streamOf(body: JsonObject): readonly Frame[] {
  // Clients add to these counts, so they have to be there.
  const usage = isObject(body['usage']) ? body['usage'] : writtenUsage(null);
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
  const { begun, deltas } = openedOf(block);
  return [
    { type: 'content_block_start', index, content_block: begun },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ];
}

interface Opened {
  readonly begun: JsonObject;
  readonly deltas: readonly JsonObject[];
}

/** A block as it begins, and what makes it complete: clients read the contents from the deltas only. */
function openedOf(block: JsonObject): Opened {
  switch (block['type']) {
    case 'text': {
      const { citations } = block;
      const cited = Array.isArray(citations) ? (citations as unknown[]) : [];
      return {
        begun: { ...block, text: '', ...(Array.isArray(citations) && { citations: [] }) },
        deltas: [
          ...saying('text_delta', 'text', block),
          ...cited.map((citation) => ({ type: 'citations_delta', citation })),
        ],
      };
    }
    case 'thinking':
      return {
        begun: { ...block, thinking: '', signature: '' },
        deltas: [
          ...saying('thinking_delta', 'thinking', block),
          ...saying('signature_delta', 'signature', block),
        ],
      };
    case 'tool_use': {
      const json = exactJson(objectOrEmpty(block['input']));
      return {
        begun: { ...block, input: {} },
        deltas: [{ type: 'input_json_delta', partial_json: json }],
      };
    }
    default:
      return { begun: block, deltas: [] };
  }
}

function saying(type: string, name: string, block: JsonObject): JsonObject[] {
  const text = textOrNull(block[name]);
  return text === null ? [] : [{ type, [name]: text }];
}

function textOf(whole: Buffer): string | null {
  const message = messageIn(whole);
  if (message === null || message.blocks.some(({ type }) => type === 'tool_use')) return null;
  return textIn(message.blocks);
}

/** Why a message ended, where that alone says that it is not complete. */
const CUT_SHORT: Readonly<Record<string, AnswerKind>> = {
  refusal: 'filtered',
  max_tokens: 'truncated',
  model_context_window_exceeded: 'truncated',
};

function kindOf(whole: Buffer): AnswerKind | null {
  const message = messageIn(whole);
  if (message === null) return null;
  const { body, blocks } = message;
  const reason = String(body['stop_reason']);
  const cut = Object.hasOwn(CUT_SHORT, reason) ? CUT_SHORT[reason] : undefined;
  if (cut !== undefined) return cut;
  if (reason === 'tool_use' || blocks.some(({ type }) => type === 'tool_use')) return 'tool_calls';
  if (textIn(blocks) === null) return 'empty';
  // Everything else, `pause_turn` among it, is no promise that the answer is complete.
  return reason === 'end_turn' || reason === 'stop_sequence' ? 'complete' : 'truncated';
}

interface Message {
  readonly body: JsonObject;
  readonly blocks: readonly JsonObject[];
}

/** `null` for what is no message, and for one with blocks whose contents nobody here knows. */
function messageIn(whole: Buffer): Message | null {
  const body = parsedObject(whole.toString('utf8'));
  const content = body?.['content'];
  // An answer out of a container goes with what is in there now.
  if (body === null || !Array.isArray(content) || isObject(body['container'])) return null;
  const blocks = content.filter(isObject);
  const isKnown = blocks.length === content.length && blocks.every(isKnownBlock);
  return isKnown ? { body, blocks } : null;
}

function textIn(blocks: readonly JsonObject[]): string | null {
  const texts = blocks.map((block) =>
    block['type'] === 'text' ? textOrNull(block['text']) : null,
  );
  return textOrNull(texts.join(''));
}
