import { createHash } from 'node:crypto';
import { trailingUserTurn } from '../anthropic/write-messages.js';
import { parsedObject } from '../json-members.js';
import type { JsonObject } from '../json.js';
import { addAll } from '../neutral/add-all.js';
import { dropEmptiedTurn, noteLostPart } from '../neutral/foreign.js';
import { joinTurn, moveResultsFirst, type JoinedMessage } from '../neutral/joined-turns.js';
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

/** The context for encoding parts. */
interface Context {
  readonly traits: ModelTraits;
  readonly losses: Losses;
  readonly documents: DocumentNames;
}

/**
 * Encodes `system` and `messages`.
 *
 * All system prompts become one. Consecutive turns of one role are joined, since roles must alternate; tool
 * results come first in the turn after the calls.
 */
export function writeConversation(
  turns: readonly Turn[],
  traits: ModelTraits,
  losses: Losses,
): { readonly system: JsonObject[]; readonly messages: readonly JoinedMessage[] } {
  const context: Context = { traits, losses, documents: new DocumentNames() };
  const system: JsonObject[] = [];
  const messages: JoinedMessage[] = [];
  for (const turn of turns) {
    const blocks = turn.parts.flatMap((part) => withCachePoint(part, turn.role, context));
    if (turn.role === 'system' || turn.role === 'developer') addAll(system, blocks);
    else if (blocks.length === 0) dropEmptiedTurn(turn);
    else
      joinTurn(messages, {
        role: turn.role === 'assistant' ? 'assistant' : 'user',
        content: blocks,
      });
  }
  moveResultsFirst(messages, isResult);
  // OpenAI accepts a system prompt alone; Bedrock requires a user message.
  if (messages.length === 0) messages.push({ role: 'user', content: system.splice(0) });
  // Bedrock rejects a conversation that begins with the assistant.
  if (messages[0]?.role === 'assistant')
    messages.unshift({ role: 'user', content: [{ text: '.' }] });
  messages.push(
    ...trailingUserTurn(messages, turns, { traits: traits.claude, losses }, { text: '.' }),
  );
  for (const { content } of messages) ensureText(content);
  return { system, messages };
}

function isResult(block: JsonObject): boolean {
  return 'toolResult' in block;
}

/** A message with a document must also have text: adds the document's name if there is none. */
function ensureText(content: JsonObject[]): void {
  if (content.some((block) => 'text' in block)) return;
  const [first] = content.flatMap((block) =>
    typeof block['document'] === 'object' ? [block['document'] as JsonObject] : [],
  );
  if (first !== undefined) content.push({ text: first['name'] });
}

function withCachePoint(part: ContentPart, role: Turn['role'], context: Context): JsonObject[] {
  const block = role === 'assistant' ? assistantBlock(part, context) : blockOf(part, context);
  if (block === null) return [];
  if (part.cache === undefined) return [block];
  return [block, ...cachePoint(part.cache, part.at, context.traits, context.losses)];
}

/** The cache point for a marker; none if the model rejects them, which is noted as a hint. */
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
  // Five minutes are the default TTL.
  const isDefaultTtl = ttl === null || ttl === '5m';
  if (!isDefaultTtl && !traits.cacheTtl) losses.hint(`${field}.ttl`, 'cache_control.ttl');
  return [{ cachePoint: { type: 'default', ...(!isDefaultTtl && traits.cacheTtl && { ttl }) } }];
}

function assistantBlock(part: ContentPart, context: Context): JsonObject | null {
  switch (part.kind) {
    case 'tool_call': {
      const args = part.arguments.trim() === '' ? {} : parsedObject(part.arguments);
      // Malformed arguments are wrapped in an object, so that the model still sees what it wrote.
      const input = args ?? { arguments: part.arguments };
      return { toolUse: { toolUseId: safeId(part.id), name: part.name, input } };
    }
    case 'reasoning':
      return reasoningBlock(part, context);
    case 'image':
    case 'audio':
    case 'document':
      // Assistant turns cannot contain media in this dialect.
      noteLostPart(part, context.losses);
      return null;
    default:
      return blockOf(part, context);
  }
}

function blockOf(part: ContentPart, context: Context): JsonObject | null {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      // Blank text is rejected.
      return part.text.trim() === '' ? null : { text: part.text };
    case 'image':
    case 'audio':
    case 'document':
      return mediaBlock(part, context.documents, context.losses);
    case 'tool_result':
      return resultOf(part, context);
    default:
      noteLostPart(part, context.losses);
      return null;
  }
}

function reasoningBlock(part: ReasoningPart, { traits, losses }: Context): JsonObject | null {
  const { text, redacted, signature, vendor } = part;
  const isOwn = traits.isClaude && vendor === 'anthropic';
  if (isOwn && redacted !== null) return { reasoningContent: { redactedContent: redacted } };
  if (isOwn && signature !== null) {
    return { reasoningContent: { reasoningText: { text, signature } } };
  }
  // Unsigned reasoning is another vendor's; models without signatures need none back.
  losses.hint(part.at, 'reasoning');
  return null;
}

function resultOf(part: ToolResultPart, context: Context): JsonObject {
  const content = part.parts.flatMap((inner) => {
    const block = blockOf(inner, context);
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

/** The id if Bedrock accepts it, otherwise a hash of it. */
function safeId(id: string): string {
  if (SAFE_ID.test(id)) return id;
  return `tooluse_${createHash('sha256').update(id).digest('hex').slice(0, 24)}`;
}
