import { isObject, objectOrEmpty, objectsIn, textOrNull, type JsonObject } from '../json.js';
import type { AnswerEvent, AnswerPart, Citation } from '../neutral/event.js';

/** What stands in `groundingChunks`, one of them in each. */
const CHUNKS = ['web', 'maps', 'retrievedContext', 'image'];

/**
 * Where a candidate's words are from: what it looked up, and texts that it repeats.
 *
 * Responses of a stream repeat some of them, so whoever tells them on leaves out what was told.
 */
export function sourcesOf(candidate: JsonObject): Citation[] {
  const grounding = objectOrEmpty(candidate['groundingMetadata']);
  const repeated = objectOrEmpty(candidate['citationMetadata']);
  return [
    ...objectsIn(grounding['groundingChunks']).map(lookedUp),
    // AI Studio and Vertex have different names for the list.
    ...objectsIn(repeated['citationSources'] ?? repeated['citations']).map((native): Citation => ({
      url: textOrNull(native['uri']),
      title: textOrNull(native['title']),
      citedText: null,
      native,
    })),
  ];
}

function lookedUp(native: JsonObject): Citation {
  const kind = CHUNKS.find((name) => isObject(native[name])) ?? '';
  const chunk = objectOrEmpty(native[kind]);
  return {
    url: textOrNull(chunk['uri']) ?? textOrNull(chunk['sourceUri']),
    title: textOrNull(chunk['title']),
    citedText: textOrNull(chunk['text']),
    native,
  };
}

/** What a part holds besides text and calls; `null` for nothing. */
export function mediaIn(part: JsonObject, choice: number): AnswerEvent | null {
  const { inlineData } = part;
  if (isObject(inlineData)) {
    const type = textOrNull(inlineData['mimeType']) ?? '';
    const data = textOrNull(inlineData['data']);
    // What it draws while it thinks is no part of the answer.
    if (type.startsWith('image/') && data !== null && part['thought'] !== true) {
      return { kind: 'image', choice, url: `data:${type};base64,${data}` };
    }
    return { kind: 'lost', choice, part: partOf(type, part['thought'] === true) };
  }
  const isWork = WORK.some((name) => isObject(part[name]));
  if (isWork) return { kind: 'lost', choice, part: 'server_tools' };
  return isObject(part['fileData']) ? { kind: 'lost', choice, part: 'other' } : null;
}

/** What Google's own tools did on the way to the answer. */
const WORK = ['executableCode', 'codeExecutionResult', 'toolCall', 'toolResponse'];

function partOf(type: string, isThought: boolean): AnswerPart {
  if (isThought) return 'reasoning';
  return type.startsWith('audio/') ? 'audio' : 'other';
}
