import { isObject, type JsonObject } from '../json.js';
import { parsedObject } from '../json-members.js';
import { documentText } from '../neutral/document-text.js';
import { dropEmptiedTurn, noteLostPart } from '../neutral/foreign.js';
import type { Losses } from '../neutral/losses.js';
import { commonImageType } from '../neutral/media-types.js';
import type {
  ContentPart,
  MediaPart,
  Source,
  ToolCallPart,
  ToolResultPart,
  Turn,
} from '../neutral/part.js';

/** The supported contents of a message: text and images. */
interface Contents {
  readonly texts: string[];
  readonly images: string[];
}

/** The context for encoding messages. */
interface Context {
  /** Names of called tools, by call id. */
  readonly names: ReadonlyMap<string, string>;
  /** Images in tool results, sent in a user message, since models read images only from users. */
  readonly resultImages: string[];
  readonly losses: Losses;
}

/** Encodes turns as the messages of a chat request. */
export function writeMessages(turns: readonly Turn[], losses: Losses): JsonObject[] {
  const context: Context = { names: namesOfCalls(turns), resultImages: [], losses };
  const messages = turns.flatMap((turn) => [
    ...(turn.role === 'tool' ? [] : takeImages(context)),
    ...messagesOf(turn, context),
  ]);
  return [...messages, ...takeImages(context)];
}

/** Takes the collected images as a user message. */
function takeImages({ resultImages }: Context): JsonObject[] {
  return resultImages.length === 0
    ? []
    : [{ role: 'user', content: '', images: resultImages.splice(0) }];
}

function messagesOf(turn: Turn, context: Context): JsonObject[] {
  if (turn.role === 'tool') {
    const results = turn.parts.filter((part) => part.kind === 'tool_result');
    return results.map((part) => resultMessage(part, context));
  }
  const { losses } = context;
  const message = turn.role === 'assistant' ? assistant(turn, losses) : plain(turn, losses);
  return message === null ? [] : [message];
}

function namesOfCalls(turns: readonly Turn[]): ReadonlyMap<string, string> {
  const calls = turns.flatMap(({ parts }) => parts.filter((part) => part.kind === 'tool_call'));
  return new Map(calls.map(({ id, name }) => [id, name]));
}

function plain(turn: Turn, losses: Losses): JsonObject | null {
  const { texts, images } = contentsOf(turn.parts, losses);
  if (texts.length + images.length === 0) {
    dropEmptiedTurn(turn);
    return null;
  }
  return {
    role: turn.role === 'user' ? 'user' : 'system',
    content: texts.join('\n\n'),
    ...(images.length > 0 && { images }),
  };
}

function assistant({ parts }: Turn, losses: Losses): JsonObject | null {
  const { texts, images } = contentsOf(
    parts.filter(({ kind }) => kind !== 'tool_call' && kind !== 'reasoning'),
    losses,
  );
  const calls = parts.filter((part) => part.kind === 'tool_call').map(callOf);
  const thoughts = parts.flatMap((part) => {
    if (part.kind !== 'reasoning') return [];
    // Reasoning text is sent to any model; encrypted reasoning cannot be sent in this dialect.
    if (part.text !== '') return [part.text];
    losses.hint(part.at, 'reasoning');
    return [];
  });
  if (texts.length + images.length + calls.length === 0) return null;
  return {
    role: 'assistant',
    content: texts.join(''),
    ...(images.length > 0 && { images }),
    ...(thoughts.length > 0 && { thinking: thoughts.join('\n') }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** Encodes a call: arguments are an object in this dialect, so malformed ones are wrapped in one. */
function callOf({ id, name, arguments: text }: ToolCallPart): JsonObject {
  const args = text.trim() === '' ? {} : (parsedObject(text) ?? { arguments: text });
  return { id, function: { name, arguments: args } };
}

/** Encodes a tool result: older servers match it by tool name, newer ones also by id. */
function resultMessage(part: ToolResultPart, { names, resultImages, losses }: Context): JsonObject {
  const { texts, images } = contentsOf(part.parts, losses);
  resultImages.push(...images);
  if (part.isError) losses.note(`${part.at}.is_error`, 'is_error');
  const name = names.get(part.callId);
  return {
    role: 'tool',
    content: texts.join('\n'),
    tool_call_id: part.callId,
    ...(name !== undefined && { tool_name: name }),
  };
}

type InlineImage = MediaPart & { readonly source: Extract<Source, { kind: 'bytes' }> };

function isInlineImage(part: ContentPart): part is InlineImage {
  return (
    part.kind === 'image' && part.source.kind === 'bytes' && commonImageType(part.source) !== null
  );
}

function contentsOf(parts: readonly ContentPart[], losses: Losses): Contents {
  const contents: Contents = { texts: [], images: [] };
  for (const part of parts) {
    if (part.kind === 'text' || part.kind === 'refusal') contents.texts.push(part.text);
    else if (isInlineImage(part)) {
      contents.images.push(part.source.base64);
    } else if (part.kind === 'document' && part.source.kind === 'text') {
      if (part.cited === true) losses.note(`${part.at}.citations`, 'citations');
      contents.texts.push(documentText(part, part.source.text));
    } else noteLostPart(part, losses);
  }
  return contents;
}

/** Merges provider options into a body; their `options` are merged with the body's instead of replacing them. */
export function withOptions(body: JsonObject, own: JsonObject | undefined): JsonObject {
  if (own === undefined) return body;
  const { options: ours } = body;
  const { options: theirs } = own;
  const options = isObject(ours) && isObject(theirs) ? { ...ours, ...theirs } : (theirs ?? ours);
  return { ...body, ...own, ...(options !== undefined && { options }) };
}
