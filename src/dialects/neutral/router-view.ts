import type { Conversation, MediaContent, Message, Part, Tool } from '../../core/conversation.js';
import { GatewayError } from '../../core/errors.js';
import { bindingsIn } from './bindings.js';
import type { ContentPart, Source, Turn } from './part.js';
import type { NeutralRequest, ToolDefinition } from './request.js';

/**
 * The router's view of a request of any dialect.
 *
 * @param own - the dialects whose providers know the client's file ids
 */
export function conversationOf(request: NeutralRequest, own: readonly string[]): Conversation {
  const { toolChoice, thinking } = request;
  const bound = bindingsIn(request.turns, request.foreign, own);
  return {
    ...(bound.length > 0 && { bound }),
    messages: request.turns.map(messageOf),
    tools: request.tools.map(toolOf),
    toolRequired: toolChoice?.kind === 'required' || toolChoice?.kind === 'tool',
    parallelTools: request.parallelTools,
    format: request.format.kind,
    maxOutputTokens: request.maxOutputTokens,
    choices: request.choices,
    reasoningEffort: thinking === null || thinking.mode === 'off' ? null : effortOf(thinking),
  };
}

// The budgets that clients send along with an effort.
const LOW_BUDGET_TOKENS = 4_096;
const MEDIUM_BUDGET_TOKENS = 16_384;

/** The reasoning effort, for dialects without a budget. */
export function effortOf(thinking: {
  readonly effort: string | null;
  readonly budgetTokens: number | null;
}): string {
  if (thinking.effort !== null) return thinking.effort;
  if (thinking.budgetTokens === null) return 'medium';
  if (thinking.budgetTokens <= LOW_BUDGET_TOKENS) return 'low';
  return thinking.budgetTokens <= MEDIUM_BUDGET_TOKENS ? 'medium' : 'high';
}

function messageOf(turn: Turn): Message {
  return {
    role: turn.role === 'developer' ? 'system' : turn.role,
    parts: turn.parts.flatMap(partsOf),
  };
}

function partsOf(part: ContentPart): Part[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return textParts(part.kind, part.text);
    case 'image':
      return [{ kind: 'image' }];
    case 'audio':
      return [{ kind: 'audio', ...contentOf(part.source) }];
    case 'document':
      // Every model can read a text document: if it accepts no documents, it gets the text.
      return part.source.kind === 'text'
        ? textParts('text', part.source.text)
        : [{ kind: 'file', ...contentOf(part.source) }];
    case 'tool_call':
      return [{ kind: 'tool_call', name: part.name, arguments: part.arguments }];
    case 'tool_result': {
      const inner = part.parts.flatMap(partsOf);
      const text = inner.map((one) => (one.kind === 'text' ? one.text : '')).join('');
      const media = inner.filter(({ kind }) => kind !== 'text');
      return [{ kind: 'tool_result', text }, ...media];
    }
    // Reasoning of earlier turns is irrelevant to routing.
    case 'reasoning':
    case 'foreign':
      return [];
  }
}

function contentOf(source: Source): { readonly content?: MediaContent } {
  return source.kind === 'bytes' ? { content: source } : {};
}

function textParts(kind: 'text' | 'refusal', text: string): Part[] {
  return text === '' ? [] : [{ kind, text }];
}

function toolOf({ name, description, parameters, at }: ToolDefinition): Tool {
  return {
    name,
    description: description ?? '',
    parameters,
    definitionLength: name.length + (description ?? '').length + lengthOf(parameters, at),
  };
}

function lengthOf(schema: unknown, at: string): number {
  try {
    return JSON.stringify(schema).length;
  } catch (cause) {
    // `JSON.parse` has no depth limit, `JSON.stringify` has one.
    throw new GatewayError('invalid_request', `\`${at}\` is nested too deeply.`, {
      param: at,
      cause,
    });
  }
}
