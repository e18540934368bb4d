import { exactJson } from '../exact-json.js';
import { objectOrEmpty, objectsIn, textOrNull, type JsonObject } from '../json.js';
import type { ContentPart, MediaPart, Source } from '../neutral/part.js';
import { decodeSignature } from './signature.js';
import { cacheMarker } from '../neutral/cache-marker.js';

/** The parts of a message's content, the system prompt or a tool result. Empty text is left out. */
export function readContent(content: unknown, at: string): ContentPart[] {
  if (typeof content === 'string')
    return content === '' ? [] : [{ kind: 'text', text: content, at }];
  return objectsIn(content).flatMap((block, i) => {
    const place = `${at}[${i}]`;
    const cache = cacheMarker(block['cache_control']);
    const parts = readBlock(block, place);
    return cache === null ? parts : parts.map((part) => ({ ...part, cache }));
  });
}

function readBlock(block: JsonObject, at: string): ContentPart[] {
  const type = textOrNull(block['type']) ?? '';
  switch (type) {
    case 'text':
      return readText(block, at);
    case 'image':
      return [{ kind: 'image', source: readSource(block), at }];
    case 'document':
      return readDocument(block, at);
    case 'search_result':
      return readSearchResult(block, at);
    case 'tool_use':
      return [readCall(block, at)];
    case 'tool_result':
      return [readResult(block, at)];
    case 'thinking':
    case 'redacted_thinking':
      return [readThought(block, at)];
    default:
      return [{ kind: 'foreign', type, at }];
  }
}

function readCall(block: JsonObject, at: string): ContentPart {
  return {
    kind: 'tool_call',
    id: textOrNull(block['id']) ?? '',
    name: textOrNull(block['name']) ?? '',
    arguments: exactJson(block['input'] ?? {}),
    at,
  };
}

function readResult(block: JsonObject, at: string): ContentPart {
  return {
    kind: 'tool_result',
    callId: textOrNull(block['tool_use_id']) ?? '',
    parts: readContent(block['content'], `${at}.content`),
    isError: block['is_error'] === true,
    at,
  };
}

function readThought(block: JsonObject, at: string): ContentPart {
  return {
    kind: 'reasoning',
    text: textOrNull(block['thinking']) ?? '',
    ...decodeSignature(textOrNull(block['signature'])),
    redacted: textOrNull(block['data']),
    at,
  };
}

function readText(block: JsonObject, at: string): ContentPart[] {
  const text = textOrNull(block['text']);
  const parts: ContentPart[] = text === null ? [] : [{ kind: 'text', text, at }];
  if (objectsIn(block['citations']).length > 0) {
    parts.push({ kind: 'foreign', type: 'citations', at: `${at}.citations` });
  }
  return parts;
}

function readDocument(block: JsonObject, at: string): ContentPart[] {
  const source = objectOrEmpty(block['source']);
  if (source['type'] === 'content') return readBlocks(block, source['content'], at);
  return [documentOf(block, readSource(block), at)];
}

function documentOf(block: JsonObject, source: Source, at: string): MediaPart {
  const title = textOrNull(block['title']);
  const context = textOrNull(block['context']);
  return {
    kind: 'document',
    source,
    at,
    ...(title !== null && { name: title }),
    ...(context !== null && { context }),
    ...(objectOrEmpty(block['citations'])['enabled'] === true && { cited: true }),
  };
}

/** A document of blocks: its text becomes a text document, its images become parts next to it. */
function readBlocks(block: JsonObject, content: unknown, at: string): ContentPart[] {
  const parts = readContent(content, `${at}.source.content`);
  const texts = parts.flatMap((part) => (part.kind === 'text' ? [part.text] : []));
  const source: Source = { kind: 'text', text: texts.join('\n\n') };
  return [documentOf(block, source, at), ...parts.filter(({ kind }) => kind !== 'text')];
}

/** A search result of the client: becomes a text document with its title and source. */
function readSearchResult(block: JsonObject, at: string): ContentPart[] {
  const name = textOrNull(block['title']);
  const context = textOrNull(block['source']);
  const texts = objectsIn(block['content']).map((part) => textOrNull(part['text']) ?? '');
  return [
    {
      kind: 'document',
      source: { kind: 'text', text: texts.join('\n\n') },
      at,
      ...(name !== null && { name }),
      ...(context !== null && { context }),
      ...(objectOrEmpty(block['citations'])['enabled'] === true && { cited: true }),
    },
  ];
}

function readSource(block: JsonObject): Source {
  const source = objectOrEmpty(block['source']);
  const data = textOrNull(source['data']) ?? '';
  switch (source['type']) {
    case 'base64': {
      const mediaType = textOrNull(source['media_type']) ?? 'application/octet-stream';
      return { kind: 'bytes', mediaType, base64: data };
    }
    case 'text':
      return { kind: 'text', text: data };
    case 'url':
      return { kind: 'url', url: textOrNull(source['url']) ?? '' };
    default:
      return { kind: 'file', id: textOrNull(source['file_id']) ?? '', owner: 'anthropic' };
  }
}
