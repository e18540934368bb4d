import type { JsonObject } from '../json.js';
import { isObject, objectOrEmpty, objectsIn, textOrNull } from '../json.js';
import type { ContentPart, ReasoningPart, ToolCallPart, Turn, Vendor } from '../neutral/part.js';
import { readContent } from './neutral-content.js';
import { argumentsText } from './tool-call-normaliser.js';

/** Reads the messages of a chat completion request. */
export function readTurns(messages: unknown): Turn[] {
  return objectsIn(messages).map((message, i) => readTurn(message, `messages[${i}]`));
}

function readTurn(message: JsonObject, at: string): Turn {
  const content = readContent(message['content'], `${at}.content`);
  switch (message['role']) {
    case 'system':
    case 'developer':
      return { role: message['role'], parts: withName(content, message, at), at };
    case 'assistant':
      return {
        role: 'assistant',
        parts: withName(assistantParts(message, content, at), message, at),
        at,
      };
    case 'tool':
    case 'function': {
      const callId = textOrNull(message['tool_call_id']) ?? textOrNull(message['name']) ?? '';
      return {
        role: 'tool',
        parts: [{ kind: 'tool_result', callId, parts: content, isError: false, at }],
        at,
      };
    }
    default:
      return { role: 'user', parts: withName(content, message, at), at };
  }
}

function assistantParts(message: JsonObject, content: ContentPart[], at: string): ContentPart[] {
  return [
    ...readReasoning(message, at),
    ...content,
    ...readImages(message, at),
    ...readRefusal(message, at),
    ...readAudioReference(message, at),
    ...readCalls(message, at),
  ];
}

/** Adds a foreign part for `name`, which distinguishes several speakers and has no equivalent in other dialects. */
function withName(parts: ContentPart[], { name }: JsonObject, at: string): ContentPart[] {
  if (parts.length === 0 || textOrNull(name) === null) return parts;
  return [...parts, { kind: 'foreign', type: 'name', at: `${at}.name` }];
}

/** Generated images, in the form of an answer. */
function readImages({ images }: JsonObject, at: string): ContentPart[] {
  return readContent(Array.isArray(images) ? images : [], `${at}.images`);
}

/** Generated audio, by an id that only its provider knows. */
function readAudioReference({ audio }: JsonObject, at: string): ContentPart[] {
  return isObject(audio) ? [{ kind: 'foreign', type: 'audio', at: `${at}.audio` }] : [];
}

function readRefusal(message: JsonObject, at: string): ContentPart[] {
  const text = textOrNull(message['refusal']);
  return text === null ? [] : [{ kind: 'refusal', text, at: `${at}.refusal` }];
}

function readCalls(message: JsonObject, at: string): ContentPart[] {
  const calls = objectsIn(message['tool_calls']).map((call, i): ContentPart => {
    const place = `${at}.tool_calls[${i}]`;
    if (!isObject(call['custom']))
      return callPart(objectOrEmpty(call['function']), call['id'], place);
    const { name, input } = call['custom'];
    return callPart({ name, arguments: JSON.stringify({ input }) }, call['id'], place);
  });
  const legacy = message['function_call'];
  if (!isObject(legacy)) return calls;
  // A result of this legacy form refers to the function's name, so the name is the call's id.
  return [...calls, callPart(legacy, legacy['name'], `${at}.function_call`)];
}

function callPart(call: JsonObject, id: unknown, at: string): ToolCallPart {
  const name = textOrNull(call['name']) ?? '';
  const idText = typeof id === 'number' ? String(id) : (textOrNull(id) ?? name);
  return { kind: 'tool_call', id: idText, name, arguments: argumentsText(call['arguments']), at };
}

/**
 * Reasoning as a client sends it back: `reasoning_details`, or only its text.
 *
 * A reasoning block may be split into pieces: text first, the signature last.
 */
function readReasoning(message: JsonObject, at: string): ContentPart[] {
  const details = objectsIn(message['reasoning_details']);
  const parts: ReasoningPart[] = [];
  let text = '';
  details.forEach((detail, i) => {
    const place = `${at}.reasoning_details[${i}]`;
    const vendor = vendorOf(detail);
    const data = vendor === 'anthropic' ? textOrNull(detail['data']) : null;
    if (data !== null) {
      parts.push({
        kind: 'reasoning',
        text: '',
        signature: null,
        redacted: data,
        vendor: 'anthropic',
        at: place,
      });
      return;
    }
    text += textOrNull(detail['text']) ?? '';
    // Except for Anthropic, encrypted reasoning takes the place of the signature.
    const signature = textOrNull(detail['signature']) ?? textOrNull(detail['data']);
    if (signature === null || vendor === null) return;
    parts.push({ kind: 'reasoning', text, signature, redacted: null, vendor, at: place });
    text = '';
  });
  if (parts.length > 0) return parts;
  const plain =
    text || (textOrNull(message['reasoning_content']) ?? textOrNull(message['reasoning']));
  if (plain === null || plain === '') return [];
  const name = 'reasoning_content' in message ? 'reasoning_content' : 'reasoning';
  return [
    {
      kind: 'reasoning',
      text: plain,
      signature: null,
      redacted: null,
      vendor: 'anthropic',
      at: `${at}.${name}`,
    },
  ];
}

/** The vendor of a reasoning detail: Anthropic by default, `null` for vendors that accept no reasoning back. */
export function vendorOf({ format }: JsonObject): Vendor | null {
  if (typeof format !== 'string' || format.startsWith('anthropic')) return 'anthropic';
  if (format.startsWith('google')) return 'gemini';
  return format.startsWith('openai') ? 'openai' : null;
}
