import type { Conversation, Message, OutputFormat, Part, Tool } from '../../core/conversation.js';
import { GatewayError } from '../../core/errors.js';
import type { JsonObject } from '../json.js';
import { isObject, objectOrEmpty, objectsIn, textOrNull } from '../json.js';
import { bytesIn } from './neutral-content.js';
import { argumentsText } from './tool-call-normaliser.js';

/** Reads the router's view of a request whose shape has been checked. */
export function readConversation(request: JsonObject): Conversation {
  return {
    messages: objectsIn(request['messages']).map(readMessage),
    tools: [
      ...objectsIn(request['tools']).map(readTool),
      ...objectsIn(request['functions']).map(readFunction),
    ],
    toolRequired: isToolRequired(request),
    parallelTools: booleanOrNull(request['parallel_tool_calls']),
    format: readFormat(request['response_format']),
    maxOutputTokens:
      positiveOrNull(request['max_completion_tokens']) ?? positiveOrNull(request['max_tokens']),
    choices: positiveOrNull(request['n']) ?? 1,
    reasoningEffort:
      textOrNull(request['reasoning_effort']) ??
      textOrNull(objectOrEmpty(request['reasoning'])['effort']),
  };
}

function readMessage(message: JsonObject): Message {
  const parts = readContent(message['content']);
  switch (message['role']) {
    case 'system':
    case 'developer':
      return { role: 'system', parts };
    case 'assistant':
      return { role: 'assistant', parts: [...parts, ...readCalls(message)] };
    case 'tool':
    case 'function':
      return { role: 'tool', parts: asResult(parts) };
    default:
      return { role: 'user', parts };
  }
}

function readContent(content: unknown): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ kind: 'text', text: content }];
  if (!Array.isArray(content)) return [];
  const parts: Part[] = [];
  for (const item of content as unknown[]) {
    const part = typeof item === 'string' ? textPart(item) : readPart(objectOrEmpty(item));
    if (part !== null) parts.push(part);
  }
  return parts;
}

/** Non-text parts, by the type names that clients and providers use. */
const MEDIA: Readonly<Record<string, Part>> = {
  image_url: { kind: 'image' },
  input_image: { kind: 'image' },
  image: { kind: 'image' },
  input_audio: { kind: 'audio' },
  audio_url: { kind: 'audio' },
  file: { kind: 'file' },
  input_file: { kind: 'file' },
  document: { kind: 'file' },
  document_url: { kind: 'file' },
};

/** Parts of unknown types are ignored by the router, but still reach the provider. */
function readPart(part: JsonObject): Part | null {
  const type = textOrNull(part['type']) ?? 'text';
  if (type === 'refusal') return refusalPart(part['refusal']);
  if (Object.hasOwn(MEDIA, type)) return withContent(MEDIA[type], part);
  return type.endsWith('text') ? textPart(part['text']) : null;
}

/** Adds the bytes of audio and documents if they are inline. */
function withContent(kind: Part | undefined, part: JsonObject): Part | null {
  if (kind?.kind !== 'audio' && kind?.kind !== 'file') return kind ?? null;
  const content = bytesIn(part);
  return content === null ? kind : { kind: kind.kind, content };
}

function readCalls(message: JsonObject): Part[] {
  const calls = objectsIn(message['tool_calls']).map((call) =>
    isObject(call['custom'])
      ? callPart(call['custom'], call['custom']['input'])
      : callPart(objectOrEmpty(call['function']), objectOrEmpty(call['function'])['arguments']),
  );
  const legacy = message['function_call'];
  if (isObject(legacy)) calls.push(callPart(legacy, legacy['arguments']));
  const refusal = refusalPart(message['refusal']);
  return refusal === null ? calls : [refusal, ...calls];
}

/** The text of a tool result is one part, however many it was sent in. */
function asResult(parts: readonly Part[]): Part[] {
  const text = parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');
  return [{ kind: 'tool_result', text }, ...parts.filter((part) => part.kind !== 'text')];
}

function textPart(text: unknown): Part | null {
  const nonEmpty = textOrNull(text);
  return nonEmpty === null ? null : { kind: 'text', text: nonEmpty };
}

function refusalPart(text: unknown): Part | null {
  const nonEmpty = textOrNull(text);
  return nonEmpty === null ? null : { kind: 'refusal', text: nonEmpty };
}

function callPart(call: JsonObject, args: unknown): Part {
  return {
    kind: 'tool_call',
    name: textOrNull(call['name']) ?? '',
    arguments: argumentsText(args),
  };
}

/** A tool of any type: functions and custom tools have their definition one level down. */
function readTool(tool: JsonObject): Tool {
  const definition = ['function', 'custom'].map((kind) => tool[kind]).find(isObject) ?? tool;
  const { parameters } = definition;
  return {
    name: textOrNull(definition['name']) ?? textOrNull(tool['type']) ?? '',
    description: textOrNull(definition['description']) ?? '',
    parameters: isObject(parameters) ? parameters : null,
    definitionLength: lengthOf(tool),
  };
}

function lengthOf(tool: JsonObject): number {
  try {
    return JSON.stringify(tool).length;
  } catch (cause) {
    // `JSON.parse` has no depth limit, `JSON.stringify` has one.
    throw new GatewayError('invalid_request', '`tools` are nested too deeply.', {
      param: 'tools',
      cause,
    });
  }
}

function readFunction(definition: JsonObject): Tool {
  return readTool({ type: 'function', function: definition });
}

function isToolRequired(request: JsonObject): boolean {
  const choice = request['tool_choice'];
  if (isObject(choice)) {
    // `allowed_tools` restricts the choice; its `mode` says whether a call is required.
    const { mode } = objectOrEmpty(choice['allowed_tools']);
    return choice['type'] === 'allowed_tools' ? mode === 'required' : true;
  }
  return choice === 'required' || choice === 'any' || isObject(request['function_call']);
}

function readFormat(format: unknown): OutputFormat {
  const { type } = objectOrEmpty(format);
  return type === 'json_object' || type === 'json_schema' ? type : 'text';
}

function booleanOrNull(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

/** The value if it is at least 1: local servers accept -1 for "no limit". */
function positiveOrNull(value: unknown): number | null {
  return typeof value === 'number' && value >= 1 ? value : null;
}
