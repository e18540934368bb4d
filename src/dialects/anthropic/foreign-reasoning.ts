import type { StrippedRequest } from '../dialect.js';
import { isObject, objectOrEmpty } from '../json.js';
import {
  removals,
  scanArray,
  scanObject,
  spliceBytes,
  parseValue,
  type ElementSpan,
  type MemberSpan,
  type Splice,
} from '../json-splice.js';
import type { Loss } from '../neutral/losses.js';
import { FOREIGN_MARK } from './signature.js';

const NOTHING: readonly never[] = [];
const ASSISTANT = /^"assistant"$/;

/**
 * Removes reasoning of other vendors' models, which Anthropic would reject; all other bytes are the client's.
 *
 * A conversation may have begun with another vendor's model. If that model made the tool calls whose results the request
 * contains, thinking with a budget is turned off as well, since Anthropic then requires the turn to begin with thinking.
 * Context edits that clear thinking are then removed too: Anthropic rejects them without thinking.
 *
 * @param lacksThinking - `thinking` has already been removed from the request
 * @returns the same buffer if there is nothing to remove
 */
export function withoutForeignReasoning(body: Buffer, lacksThinking: boolean): StrippedRequest {
  if (!lacksThinking && !body.includes(FOREIGN_MARK)) return { body, dropped: NOTHING };
  const text = body.toString('latin1');
  const { found } = scanObject(text, 0, ['messages', 'thinking', 'context_management']);
  const last = (name: string): MemberSpan | undefined =>
    found.findLast((member) => member.name === name);
  const dropped: Loss[] = [];
  const messages = last('messages');
  const history =
    messages === undefined ? UNCHANGED : removeForeign(body, text, messages.start, dropped);
  const splices = [...history.splices];
  const thinking = last('thinking');
  const isGone =
    thinking === undefined ? lacksThinking : history.lacksThought && hasBudget(body, thinking);
  if (isGone) {
    const removed = found.filter(({ name }) => name === 'thinking');
    if (removed.length > 0) dropped.push({ field: 'thinking', what: 'thinking' });
    const context = last('context_management');
    const edits = context === undefined ? null : removeThinkingEdits(body, text, context);
    if (edits !== null) {
      dropped.push({ field: 'context_management', what: 'context_management' });
      if (edits.length === 0)
        removed.push(...found.filter(({ name }) => name === 'context_management'));
      splices.push(...edits);
    }
    splices.push(...removals(removed.sort((a, b) => a.start - b.start)));
  }
  if (splices.length === 0) return { body, dropped };
  return {
    body: spliceBytes(body, splices),
    dropped,
  };
}

interface History {
  readonly splices: readonly Splice[];
  /** The reasoning before the tool calls whose results the request contains was removed. */
  readonly lacksThought: boolean;
}
const UNCHANGED: History = { splices: NOTHING, lacksThought: false };

/** The splices that remove other vendors' reasoning from the messages; each removal is added to `dropped`. */
function removeForeign(body: Buffer, text: string, from: number, dropped: Loss[]): History {
  const splices: Splice[] = [];
  const emptied: ElementSpan[] = [];
  let lacksThought = false;
  scanArray(text, from).forEach((message, i) => {
    const { found } = scanObject(text, message.start, ['role', 'content']);
    const role = found.findLast(({ name }) => name === 'role');
    const content = found.findLast(({ name }) => name === 'content');
    const isAssistant = role !== undefined && ASSISTANT.test(text.slice(role.start, role.end));
    if (isAssistant) lacksThought = false;
    // Most messages have none, and need not be parsed.
    if (content === undefined || !text.slice(content.start, content.end).includes(FOREIGN_MARK))
      return;
    const blocks = scanArray(text, content.start);
    const values = blocks.map((block) => parseValue(body, block));
    const removed = blocks.filter((_, k) => isForeign(values[k]));
    if (removed.length === 0) return;
    values.forEach((value, k) => {
      const field = `messages[${i}].content[${k}]`;
      if (isForeign(value)) dropped.push({ field, what: 'reasoning' });
    });
    const callsTool = values.some((value) => objectOrEmpty(value)['type'] === 'tool_use');
    if (isAssistant) lacksThought = callsTool;
    // A message of only reasoning is removed as a whole.
    if (removed.length === blocks.length) emptied.push(message);
    else splices.push(...removals(removed));
  });
  return { splices: [...splices, ...removals(emptied)], lacksThought };
}

function isForeign(block: unknown): boolean {
  return (
    isObject(block) &&
    block['type'] === 'thinking' &&
    String(block['signature']).startsWith(FOREIGN_MARK)
  );
}

function hasBudget(body: Buffer, thinking: MemberSpan): boolean {
  return objectOrEmpty(parseValue(body, thinking))['type'] === 'enabled';
}

/**
 * The splices that remove thinking edits from `context_management`: `null` if there are none, empty if there are no
 * other edits, so that the whole member has to go.
 */
function removeThinkingEdits(body: Buffer, text: string, context: MemberSpan): Splice[] | null {
  const { found } = scanObject(text, context.start, ['edits']);
  const edits = found.flatMap(({ start }) => scanArray(text, start));
  const removed = edits.filter((edit) =>
    String(objectOrEmpty(parseValue(body, edit))['type']).startsWith('clear_thinking'),
  );
  if (removed.length === 0) return null;
  return removed.length === edits.length ? [] : removals(removed);
}
