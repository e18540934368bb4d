import type { OwnPart } from '../dialect.js';
import { isObject, objectOrEmpty } from '../json.js';
import {
  removals,
  scanArray,
  scanObject,
  spliceBytes,
  valueIn,
  type ElementSpan,
  type MemberSpan,
  type Splice,
} from '../json-splice.js';
import type { Loss } from '../neutral/losses.js';
import { UNPROVEN } from './unproven.js';

const NOTHING: readonly never[] = [];
const ASSISTANT = /^"assistant"$/;

/**
 * A request without thoughts that Anthropic would refuse because its models did not have them; all other bytes are the client's.
 *
 * A conversation may have begun with another vendor's model. Where that one called the tools whose results the
 * request brings, thinking with a budget is switched off as well: with one, Anthropic goes on only after a thought.
 * Without thinking there is none to be cleared either: an edit of the context that would is refused.
 *
 * @param lacksThinking - what was asked of thinking has been left out already
 * @returns the same bytes where there is nothing of the kind
 */
export function ownThoughts(body: Buffer, lacksThinking: boolean): OwnPart {
  if (!lacksThinking && !body.includes(UNPROVEN)) return { body, dropped: NOTHING };
  const text = body.toString('latin1');
  const { found } = scanObject(text, 0, ['messages', 'thinking', 'context_management']);
  const last = (name: string): MemberSpan | undefined =>
    found.findLast((member) => member.name === name);
  const dropped: Loss[] = [];
  const messages = last('messages');
  const history = messages === undefined ? BLANK : cleaned(body, text, messages.start, dropped);
  const splices = [...history.splices];
  const thinking = last('thinking');
  const isGone =
    thinking === undefined ? lacksThinking : history.lacksThought && hasBudget(body, thinking);
  if (isGone) {
    const gone = found.filter(({ name }) => name === 'thinking');
    if (gone.length > 0) dropped.push({ field: 'thinking', what: 'thinking' });
    const context = last('context_management');
    const edits = context === undefined ? null : clearing(body, text, context);
    if (edits !== null) {
      dropped.push({ field: 'context_management', what: 'context_management' });
      if (edits.length === 0)
        gone.push(...found.filter(({ name }) => name === 'context_management'));
      splices.push(...edits);
    }
    splices.push(...removals(gone.sort((a, b) => a.start - b.start)));
  }
  if (splices.length === 0) return { body, dropped };
  return {
    body: spliceBytes(body, splices),
    dropped,
  };
}

interface History {
  readonly splices: readonly Splice[];
  /** The thought is gone that led to the tools whose results the request brings. */
  readonly lacksThought: boolean;
}
const BLANK: History = { splices: NOTHING, lacksThought: false };

/** What takes other vendors' thoughts out of the messages; each is noted. */
function cleaned(body: Buffer, text: string, from: number, dropped: Loss[]): History {
  const splices: Splice[] = [];
  const emptied: ElementSpan[] = [];
  let lacksThought = false;
  scanArray(text, from).forEach((message, i) => {
    const { found } = scanObject(text, message.start, ['role', 'content']);
    const role = found.findLast(({ name }) => name === 'role');
    const content = found.findLast(({ name }) => name === 'content');
    const isAssistant = role !== undefined && ASSISTANT.test(text.slice(role.start, role.end));
    if (isAssistant) lacksThought = false;
    // Most messages have none, and those need not be read.
    if (content === undefined || !text.slice(content.start, content.end).includes(UNPROVEN)) return;
    const blocks = scanArray(text, content.start);
    const values = blocks.map((block) => valueIn(body, block));
    const gone = blocks.filter((_, k) => isUnproven(values[k]));
    if (gone.length === 0) return;
    values.forEach((value, k) => {
      const field = `messages[${i}].content[${k}]`;
      if (isUnproven(value)) dropped.push({ field, what: 'reasoning' });
    });
    const callsTool = values.some((value) => objectOrEmpty(value)['type'] === 'tool_use');
    if (isAssistant) lacksThought = callsTool;
    // A message of a thought alone says nothing once the thought is gone.
    if (gone.length === blocks.length) emptied.push(message);
    else splices.push(...removals(gone));
  });
  return { splices: [...splices, ...removals(emptied)], lacksThought };
}

function isUnproven(block: unknown): boolean {
  return (
    isObject(block) &&
    block['type'] === 'thinking' &&
    String(block['signature']).startsWith(UNPROVEN)
  );
}

function hasBudget(body: Buffer, thinking: MemberSpan): boolean {
  return objectOrEmpty(valueIn(body, thinking))['type'] === 'enabled';
}

/**
 * What takes the edits out of `context_management` that clear thoughts; `null` where there are none, and nothing where
 * there are no others.
 */
function clearing(body: Buffer, text: string, context: MemberSpan): Splice[] | null {
  const { found } = scanObject(text, context.start, ['edits']);
  const edits = found.flatMap(({ start }) => scanArray(text, start));
  const gone = edits.filter((edit) =>
    String(objectOrEmpty(valueIn(body, edit))['type']).startsWith('clear_thinking'),
  );
  if (gone.length === 0) return null;
  return gone.length === edits.length ? [] : removals(gone);
}
