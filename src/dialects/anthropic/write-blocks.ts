import { parsedObject } from '../json-members.js';
import type { JsonObject } from '../json.js';
import { cacheControl } from '../neutral/cache-marker.js';
import { noteLostPart } from '../neutral/foreign.js';
import type { Losses } from '../neutral/losses.js';
import { commonImageType } from '../neutral/media-types.js';
import type { ContentPart, MediaPart, ReasoningPart, ToolResultPart } from '../neutral/part.js';

/** Encodes parts as content blocks. Blank text, which Anthropic rejects, is left out. */
export function writeBlocks(
  parts: readonly ContentPart[],
  losses: Losses,
  role: 'user' | 'assistant' = 'user',
): JsonObject[] {
  return parts.flatMap((part) => {
    const block = role === 'assistant' ? assistantBlock(part, losses) : blockOf(part, losses);
    return block === null ? [] : [{ ...block, ...cacheControl(part.cache) }];
  });
}

function assistantBlock(part: ContentPart, losses: Losses): JsonObject | null {
  switch (part.kind) {
    case 'tool_call': {
      const { id, name, arguments: args } = part;
      return { type: 'tool_use', id, name, input: inputOf(args) };
    }
    case 'reasoning':
      return reasoningBlock(part, losses);
    case 'image':
    case 'document':
      // Assistant turns cannot contain images and documents in this dialect.
      noteLostPart(part, losses);
      return null;
    default:
      return blockOf(part, losses);
  }
}

function blockOf(part: ContentPart, losses: Losses): JsonObject | null {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text.trim() === '' ? null : { type: 'text', text: part.text };
    case 'image':
      return imageOf(part, losses);
    case 'document':
      return documentOf(part, losses);
    case 'tool_result':
      return resultOf(part, losses);
    default:
      noteLostPart(part, losses);
      return null;
  }
}

/** Malformed arguments are wrapped in an object, so that the model still sees what it wrote. */
function inputOf(args: string): JsonObject {
  if (args.trim() === '') return {};
  return parsedObject(args) ?? { arguments: args };
}

function reasoningBlock(part: ReasoningPart, losses: Losses): JsonObject | null {
  const { text, redacted, signature, vendor } = part;
  const isOwn = vendor === 'anthropic';
  if (isOwn && redacted !== null) return { type: 'redacted_thinking', data: redacted };
  if (isOwn && signature !== null) return { type: 'thinking', thinking: text, signature };
  // Anthropic rejects unsigned reasoning and that of other vendors.
  losses.hint(part.at, 'reasoning');
  return null;
}

function imageOf(part: MediaPart, losses: Losses): JsonObject | null {
  const { source } = part;
  if (source.kind === 'url') return { type: 'image', source: { type: 'url', url: source.url } };
  if (source.kind === 'bytes') {
    const mediaType = commonImageType(source);
    if (mediaType !== null) return { type: 'image', source: base64(mediaType, source.base64) };
  }
  noteLostPart(part, losses);
  return null;
}

function documentOf(part: MediaPart, losses: Losses): JsonObject | null {
  const source = documentSource(part);
  if (source === null) {
    noteLostPart(part, losses);
    return null;
  }
  return {
    type: 'document',
    source,
    ...(part.name !== undefined && { title: part.name }),
    ...(part.context !== undefined && { context: part.context }),
    ...(part.cited === true && { citations: { enabled: true } }),
  };
}

function documentSource({ source }: MediaPart): JsonObject | null {
  switch (source.kind) {
    case 'text':
      return { type: 'text', media_type: 'text/plain', data: source.text };
    case 'url':
      return { type: 'url', url: source.url };
    case 'bytes':
      if (source.mediaType === 'application/pdf') return base64(source.mediaType, source.base64);
      if (!source.mediaType.startsWith('text/')) return null;
      return {
        type: 'text',
        media_type: 'text/plain',
        data: Buffer.from(source.base64, 'base64').toString('utf8'),
      };
    case 'file':
      return null;
  }
}

function base64(mediaType: string, data: string): JsonObject {
  return { type: 'base64', media_type: mediaType, data };
}

function resultOf(part: ToolResultPart, losses: Losses): JsonObject {
  const content = writeBlocks(part.parts, losses);
  const [only] = content;
  const isPlain = content.length === 1 && only?.['type'] === 'text' && !('cache_control' in only);
  return {
    type: 'tool_result',
    tool_use_id: part.callId,
    ...(content.length > 0 && { content: isPlain ? only['text'] : content }),
    ...(part.isError && { is_error: true }),
  };
}
