import { createHash } from 'node:crypto';
import type { JsonObject } from '../json.js';
import { addAll } from '../neutral/add-all.js';
import { dropEmptiedTurn } from '../neutral/foreign.js';
import { joinTurn, moveResultsFirst, type JoinedMessage } from '../neutral/joined-turns.js';
import type { Losses } from '../neutral/losses.js';
import type { ContentPart, Turn } from '../neutral/part.js';
import type { ClaudeTraits } from './claude-traits.js';
import { writeBlocks } from './write-blocks.js';

/** Filler for a user turn before a leading or after a trailing assistant turn: empty or blank text is rejected. */
const FILLER = '.';

/**
 * Encodes `system` and `messages`.
 *
 * All system prompts become one, since Anthropic's older models accept none in mid-conversation. Consecutive
 * turns of one role are joined; tool results come first in the turn after the calls.
 */
export function writeConversation(
  turns: readonly Turn[],
  traits: ClaudeTraits,
  losses: Losses,
): JsonObject {
  const system: JsonObject[] = [];
  const messages: JoinedMessage[] = [];
  for (const turn of turns) {
    const parts = turn.parts.map(withSafeIds);
    if (turn.role === 'system' || turn.role === 'developer') {
      addAll(system, writeBlocks(parts, losses));
      continue;
    }
    const role = turn.role === 'assistant' ? 'assistant' : 'user';
    const blocks = writeBlocks(parts, losses, role);
    if (blocks.length === 0) dropEmptiedTurn(turn);
    else joinTurn(messages, { role, content: blocks });
  }
  moveResultsFirst(messages, isResult);
  if (messages.length === 0) {
    // OpenAI accepts a system prompt alone; Anthropic requires a user message.
    messages.push({ role: 'user', content: system.splice(0) });
  } else if (messages[0]?.role === 'assistant') {
    messages.unshift({ role: 'user', content: [{ type: 'text', text: FILLER }] });
  }
  trimEnd(messages);
  messages.push(
    ...trailingUserTurn(messages, turns, { traits, losses }, { type: 'text', text: FILLER }),
  );
  const written = messages.map(({ role, content }) => ({
    role,
    content: plainIfPossible(content),
  }));
  if (system.length === 0) return { messages: written };
  return { system: plainIfPossible(system), messages: written };
}

/**
 * The user turn to add after a trailing assistant turn, for models that do not continue one.
 *
 * @param word - the text block to use
 */
export function trailingUserTurn(
  messages: readonly JoinedMessage[],
  turns: readonly Turn[],
  { traits, losses }: { readonly traits: ClaudeTraits; readonly losses: Losses },
  word: JsonObject,
): JoinedMessage[] {
  if (traits.supportsPrefill || messages.at(-1)?.role !== 'assistant') return [];
  const at = turns.findLast(({ role }) => role === 'assistant')?.at ?? 'messages';
  losses.note(at, 'prefill');
  return [{ role: 'user', content: [word] }];
}

function isResult(block: JsonObject): boolean {
  return block['type'] === 'tool_result';
}

/** Anthropic rejects trailing white space in a trailing assistant turn. */
function trimEnd(messages: readonly JoinedMessage[]): void {
  const last = messages.at(-1);
  const block = last?.content.at(-1);
  if (last?.role !== 'assistant' || typeof block?.['text'] !== 'string') return;
  block['text'] = block['text'].trimEnd();
}

/** A single plain text block is written as a string, as most clients do. */
function plainIfPossible(blocks: readonly JsonObject[]): unknown {
  const [only] = blocks;
  const isPlain =
    blocks.length === 1 && only?.['type'] === 'text' && Object.keys(only).length === 2;
  return isPlain ? only['text'] : blocks;
}

const SAFE_ID = /^[a-zA-Z0-9_-]+$/;

/** Replaces call ids with characters that Anthropic rejects. */
function withSafeIds(part: ContentPart): ContentPart {
  if (part.kind === 'tool_call' && !SAFE_ID.test(part.id)) return { ...part, id: safeId(part.id) };
  if (part.kind === 'tool_result' && !SAFE_ID.test(part.callId)) {
    return { ...part, callId: safeId(part.callId) };
  }
  return part;
}

/** Deterministic, and different for different ids. */
function safeId(id: string): string {
  return `call_${createHash('sha256').update(id).digest('hex').slice(0, 24)}`;
}
