import { createHash } from 'node:crypto';
import { closing } from '../anthropic/write-messages.js';
import { parsedObject } from '../json-members.js';
import type { JsonObject } from '../json.js';
import { addAll } from '../neutral/add-all.js';
import { noteEmptied, notePart } from '../neutral/foreign.js';
import { joinTurn, resultsFirst, type JoinedMessage } from '../neutral/joined-turns.js';
import type { Losses } from '../neutral/losses.js';
import type {
  CacheMarker,
  ContentPart,
  ReasoningPart,
  ToolResultPart,
  Turn,
} from '../neutral/part.js';
import type { ModelTraits } from './model-traits.js';
import { DocumentNames, mediaBlock } from './write-media.js';

/** What writing one part needs to know of the rest. */
interface Writing {
  readonly traits: ModelTraits;
  readonly losses: Losses;
  readonly documents: DocumentNames;
}

/**
 * `system` and `messages`.
 *
 * All system prompts become one. Turns of one role are joined, since roles have to alternate; results of
 * tools come first in the turn after the calls.
 */
export function writeConversation(
  turns: readonly Turn[],
  traits: ModelTraits,
  losses: Losses,
): { readonly system: JsonObject[]; readonly messages: readonly JoinedMessage[] } {
  const writing: Writing = { traits, losses, documents: new DocumentNames() };
  const system: JsonObject[] = [];
  const messages: JoinedMessage[] = [];
  for (const turn of turns) {
    const blocks = turn.parts.flatMap((part) => withCachePoint(part, turn.role, writing));
    if (turn.role === 'system' || turn.role === 'developer') addAll(system, blocks);
    else if (blocks.length === 0) noteEmptied(turn);
    else
      joinTurn(messages, {
        role: turn.role === 'assistant' ? 'assistant' : 'user',
        content: blocks,
      });
  }
  resultsFirst(messages, isResult);
  // A system prompt alone is a request to OpenAI; to Bedrock it is one when the user says it.
  if (messages.length === 0) messages.push({ role: 'user', content: system.splice(0) });
  // It takes no conversation that the assistant began.
  if (messages[0]?.role === 'assistant')
    messages.unshift({ role: 'user', content: [{ text: '.' }] });
  messages.push(...closing(messages, turns, { traits: traits.claude, losses }, { text: '.' }));
  for (const { content } of messages) withWords(content);
  return { system, messages };
}

function isResult(block: JsonObject): boolean {
  return 'toolResult' in block;
}

/** A message with a document has to have text as well; the document's own name says the least. */
function withWords(content: JsonObject[]): void {
  if (content.some((block) => 'text' in block)) return;
  const [first] = content.flatMap((block) =>
    typeof block['document'] === 'object' ? [block['document'] as JsonObject] : [],
  );
  if (first !== undefined) content.push({ text: first['name'] });
}

function withCachePoint(part: ContentPart, role: Turn['role'], writing: Writing): JsonObject[] {
  const block = role === 'assistant' ? assistantBlock(part, writing) : blockOf(part, writing);
  if (block === null) return [];
  if (part.cache === undefined) return [block];
  return [block, ...cachePoint(part.cache, part.at, writing.traits, writing.losses)];
}

/** A cache point for a marker, or nothing where the model refuses them; markers are hints. */
export function cachePoint(
  { ttl }: CacheMarker,
  at: string,
  traits: ModelTraits,
  losses: Losses,
): JsonObject[] {
  const field = at === '' ? 'cache_control' : `${at}.cache_control`;
  if (traits.cachePoints === 'nowhere') {
    losses.hint(field, 'cache_control');
    return [];
  }
  // Five minutes are what a point without a lifetime has.
  const isUsual = ttl === null || ttl === '5m';
  if (!isUsual && !traits.cacheTtl) losses.hint(`${field}.ttl`, 'cache_control.ttl');
  return [{ cachePoint: { type: 'default', ...(!isUsual && traits.cacheTtl && { ttl }) } }];
}

function assistantBlock(part: ContentPart, writing: Writing): JsonObject | null {
  switch (part.kind) {
    case 'tool_call': {
      const args = part.arguments.trim() === '' ? {} : parsedObject(part.arguments);
      // What the model wrote may be no JSON at all; it still has to see what it wrote.
      const input = args ?? { arguments: part.arguments };
      return { toolUse: { toolUseId: safeId(part.id), name: part.name, input } };
    }
    case 'reasoning':
      return thoughtOf(part, writing);
    case 'image':
    case 'audio':
    case 'document':
      // Nothing that a model has shown can be said here.
      notePart(part, writing.losses);
      return null;
    default:
      return blockOf(part, writing);
  }
}

function blockOf(part: ContentPart, writing: Writing): JsonObject | null {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      // Blank text is refused.
      return part.text.trim() === '' ? null : { text: part.text };
    case 'image':
    case 'audio':
    case 'document':
      return mediaBlock(part, writing.documents, writing.losses);
    case 'tool_result':
      return resultOf(part, writing);
    default:
      notePart(part, writing.losses);
      return null;
  }
}

function thoughtOf(part: ReasoningPart, { traits, losses }: Writing): JsonObject | null {
  const { text, redacted, signature, vendor } = part;
  const isOwn = traits.isClaude && vendor === 'anthropic';
  if (isOwn && redacted !== null) return { reasoningContent: { redactedContent: redacted } };
  if (isOwn && signature !== null) {
    return { reasoningContent: { reasoningText: { text, signature } } };
  }
  // A thought that nothing proves is another vendor's, and models without proofs need none back.
  losses.hint(part.at, 'reasoning');
  return null;
}

function resultOf(part: ToolResultPart, writing: Writing): JsonObject {
  const content = part.parts.flatMap((inner) => {
    const block = blockOf(inner, writing);
    return block === null ? [] : [block];
  });
  return {
    toolResult: {
      toolUseId: safeId(part.callId),
      content,
      ...(part.isError && { status: 'error' }),
    },
  };
}

const SAFE_ID = /^[a-zA-Z0-9_-]{1,64}$/u;

/** The id where Bedrock takes it; otherwise another that is the same for the same id. */
function safeId(id: string): string {
  if (SAFE_ID.test(id)) return id;
  return `tooluse_${createHash('sha256').update(id).digest('hex').slice(0, 24)}`;
}
