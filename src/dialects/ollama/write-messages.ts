import { isObject, type JsonObject } from '../json.js';
import { parsedObject } from '../json-members.js';
import { documentText } from '../neutral/document-text.js';
import { noteEmptied, notePart } from '../neutral/foreign.js';
import type { Losses } from '../neutral/losses.js';
import { usualImage } from '../neutral/media-types.js';
import type {
  ContentPart,
  MediaPart,
  Source,
  ToolCallPart,
  ToolResultPart,
  Turn,
} from '../neutral/part.js';

/** What can be said of a message: its text, and its pictures beside it. */
interface Said {
  readonly texts: string[];
  readonly images: string[];
}

/** What messages are written with. */
interface Writing {
  /** Names of the tools that were called, by the ids of the calls. */
  readonly names: ReadonlyMap<string, string>;
  /** What results of tools showed: models look at pictures of users. */
  readonly shown: string[];
  readonly losses: Losses;
}

/** The messages of a request to chat. */
export function writeMessages(turns: readonly Turn[], losses: Losses): JsonObject[] {
  const writing: Writing = { names: namesOfCalls(turns), shown: [], losses };
  const messages = turns.flatMap((turn) => [
    ...(turn.role === 'tool' ? [] : pictures(writing)),
    ...messagesOf(turn, writing),
  ]);
  return [...messages, ...pictures(writing)];
}

/** What was shown since pictures were last taken, as a message of the user's. */
function pictures({ shown }: Writing): JsonObject[] {
  return shown.length === 0 ? [] : [{ role: 'user', content: '', images: shown.splice(0) }];
}

function messagesOf(turn: Turn, writing: Writing): JsonObject[] {
  if (turn.role === 'tool') {
    const results = turn.parts.filter((part) => part.kind === 'tool_result');
    return results.map((part) => resultMessage(part, writing));
  }
  const { losses } = writing;
  const message = turn.role === 'assistant' ? assistant(turn, losses) : plain(turn, losses);
  return message === null ? [] : [message];
}

function namesOfCalls(turns: readonly Turn[]): ReadonlyMap<string, string> {
  const calls = turns.flatMap(({ parts }) => parts.filter((part) => part.kind === 'tool_call'));
  return new Map(calls.map(({ id, name }) => [id, name]));
}

function plain(turn: Turn, losses: Losses): JsonObject | null {
  const { texts, images } = sayable(turn.parts, losses);
  if (texts.length + images.length === 0) {
    noteEmptied(turn);
    return null;
  }
  return {
    role: turn.role === 'user' ? 'user' : 'system',
    content: texts.join('\n\n'),
    ...(images.length > 0 && { images }),
  };
}

function assistant({ parts }: Turn, losses: Losses): JsonObject | null {
  const { texts, images } = sayable(
    parts.filter(({ kind }) => kind !== 'tool_call' && kind !== 'reasoning'),
    losses,
  );
  const calls = parts.filter((part) => part.kind === 'tool_call').map(callOf);
  const thoughts = parts.flatMap((part) => {
    if (part.kind !== 'reasoning') return [];
    // Words are for every model to read; what only its vendor can read is for that vendor.
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

/** Arguments are an object here; what a model wrote instead of one goes along in one. */
function callOf({ id, name, arguments: text }: ToolCallPart): JsonObject {
  const args = text.trim() === '' ? {} : (parsedObject(text) ?? { arguments: text });
  return { id, function: { name, arguments: args } };
}

/** Older servers find calls by the name of the tool, newer ones by id as well. */
function resultMessage(part: ToolResultPart, { names, shown, losses }: Writing): JsonObject {
  const { texts, images } = sayable(part.parts, losses);
  shown.push(...images);
  if (part.isError) losses.note(`${part.at}.is_error`, 'is_error');
  const name = names.get(part.callId);
  return {
    role: 'tool',
    content: texts.join('\n'),
    tool_call_id: part.callId,
    ...(name !== undefined && { tool_name: name }),
  };
}

type Shown = MediaPart & { readonly source: Extract<Source, { kind: 'bytes' }> };

function isShown(part: ContentPart): part is Shown {
  return part.kind === 'image' && part.source.kind === 'bytes' && usualImage(part.source) !== null;
}

function sayable(parts: readonly ContentPart[], losses: Losses): Said {
  const said: Said = { texts: [], images: [] };
  for (const part of parts) {
    if (part.kind === 'text' || part.kind === 'refusal') said.texts.push(part.text);
    else if (isShown(part)) {
      said.images.push(part.source.base64);
    } else if (part.kind === 'document' && part.source.kind === 'text') {
      if (part.cited === true) losses.note(`${part.at}.citations`, 'citations');
      said.texts.push(documentText(part, part.source.text));
    } else notePart(part, losses);
  }
  return said;
}

/** Members of one provider's, with its `options` among ours rather than in their place. */
export function withOptions(body: JsonObject, own: JsonObject | undefined): JsonObject {
  if (own === undefined) return body;
  const { options: ours } = body;
  const { options: theirs } = own;
  const options = isObject(ours) && isObject(theirs) ? { ...ours, ...theirs } : (theirs ?? ours);
  return { ...body, ...own, ...(options !== undefined && { options }) };
}
