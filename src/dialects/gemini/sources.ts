import { isObject, objectOrEmpty, objectsIn, textOrNull, type JsonObject } from '../json.js';
import type { AnswerEvent, AnswerPart, Citation } from '../neutral/event.js';

/** The kinds of entries in `groundingChunks`: each has one of these members. */
const CHUNKS = ['web', 'maps', 'retrievedContext', 'image'];

/**
 * The sources of a candidate: what was looked up, and texts that it quotes.
 *
 * The responses of a stream repeat some of them, so the caller has to remove duplicates.
 */
export function sourcesOf(candidate: JsonObject): Citation[] {
  const grounding = objectOrEmpty(candidate['groundingMetadata']);
  const quoted = objectOrEmpty(candidate['citationMetadata']);
  return [
    ...objectsIn(grounding['groundingChunks']).map(citationOf),
    // AI Studio and Vertex have different names for the array.
    ...objectsIn(quoted['citationSources'] ?? quoted['citations']).map((native): Citation => ({
      url: textOrNull(native['uri']),
      title: textOrNull(native['title']),
      citedText: null,
      native,
    })),
  ];
}

function citationOf(native: JsonObject): Citation {
  const kind = CHUNKS.find((name) => isObject(native[name])) ?? '';
  const chunk = objectOrEmpty(native[kind]);
  return {
    url: textOrNull(chunk['uri']) ?? textOrNull(chunk['sourceUri']),
    title: textOrNull(chunk['title']),
    citedText: textOrNull(chunk['text']),
    native,
  };
}

/** The event for a part's contents besides text and calls; `null` if there are none. */
export function mediaIn(part: JsonObject, choice: number): AnswerEvent | null {
  const { inlineData } = part;
  if (isObject(inlineData)) {
    const type = textOrNull(inlineData['mimeType']) ?? '';
    const data = textOrNull(inlineData['data']);
    // Images in reasoning are not part of the answer.
    if (type.startsWith('image/') && data !== null && part['thought'] !== true) {
      return { kind: 'image', choice, url: `data:${type};base64,${data}` };
    }
    return { kind: 'lost', choice, part: partOf(type, part['thought'] === true) };
  }
  const isServerTool = SERVER_TOOL_PARTS.some((name) => isObject(part[name]));
  if (isServerTool) return { kind: 'lost', choice, part: 'server_tools' };
  return isObject(part['fileData']) ? { kind: 'lost', choice, part: 'other' } : null;
}

/** Parts of Google's own tools. */
const SERVER_TOOL_PARTS = ['executableCode', 'codeExecutionResult', 'toolCall', 'toolResponse'];

function partOf(type: string, isThought: boolean): AnswerPart {
  if (isThought) return 'reasoning';
  return type.startsWith('audio/') ? 'audio' : 'other';
}
