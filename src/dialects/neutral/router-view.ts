import type { Conversation, MediaContent, Message, Part, Tool } from '../../core/conversation.js';
import { GatewayError } from '../../core/errors.js';
import { bindingsIn } from './bindings.js';
import type { ContentPart, Source, Turn } from './part.js';
import type { NeutralRequest, ToolDefinition } from './request.js';

/**
 * What the router reads of a request, whatever dialect it came in.
 *
 * @param own - the dialects whose providers keep what the client's ids of files name
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

// Budgets that clients send beside the words they have for them.
const LOW_BUDGET_TOKENS = 4_096;
const MEDIUM_BUDGET_TOKENS = 16_384;

/** How hard a model is to think, in the words of dialects that have no budget. */
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
      return said(part.kind, part.text);
    case 'image':
      return [{ kind: 'image' }];
    case 'audio':
      return [{ kind: 'audio', ...contentOf(part.source) }];
    case 'document':
      // Every model reads a document of text: those that take none are sent its words.
      return part.source.kind === 'text'
        ? said('text', part.source.text)
        : [{ kind: 'file', ...contentOf(part.source) }];
    case 'tool_call':
      return [{ kind: 'tool_call', name: part.name, arguments: part.arguments }];
    case 'tool_result': {
      const inner = part.parts.flatMap(partsOf);
      const text = inner.map((one) => (one.kind === 'text' ? one.text : '')).join('');
      const media = inner.filter(({ kind }) => kind !== 'text');
      return [{ kind: 'tool_result', text }, ...media];
    }
    // Thoughts of earlier turns say nothing of what is wanted now.
    case 'reasoning':
    case 'foreign':
      return [];
  }
}

function contentOf(source: Source): { readonly content?: MediaContent } {
  return source.kind === 'bytes' ? { content: source } : {};
}

function said(kind: 'text' | 'refusal', text: string): Part[] {
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
    // Reading nested values has no limit of depth, writing them has.
    throw new GatewayError('invalid_request', `\`${at}\` is nested too deeply.`, {
      param: at,
      cause,
    });
  }
}
