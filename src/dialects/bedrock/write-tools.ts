import { toEnforceable, hasArbitraryMembers } from '../anthropic/schema.js';
import { isForcedChoice, supportedChoice } from '../anthropic/write-tools.js';
import type { Target } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { argumentSchema } from '../neutral/argument-schema.js';
import type { Losses } from '../neutral/losses.js';
import type { NeutralRequest, ToolChoice, ToolDefinition } from '../neutral/request.js';
import { modelTraits, type ModelTraits } from './model-traits.js';
import { cachePoint } from './write-messages.js';

/** The encoded tools of a request. */
export interface WrittenTools {
  /** `toolConfig`, if there are tools. */
  readonly members: JsonObject;
  /** The model must call a tool. */
  readonly isForced: boolean;
  /** The tool whose arguments are the answer, for models or schemas that `outputConfig` does not support. */
  readonly answerTool: string | null;
}

/** Whether a schema needs the answer tool, whose arguments must be an object. */
export function needsAnswerTool({ model }: Target, schema: JsonObject): boolean {
  return !isEnforced(schema, modelTraits(model));
}

function isEnforced(schema: JsonObject, { supportsSchemas }: ModelTraits): boolean {
  return supportsSchemas && !hasArbitraryMembers(schema);
}

/** Encodes the tools of a request, and adds the answer tool if the schema needs it. */
export function writeTools(
  request: NeutralRequest,
  traits: ModelTraits,
  losses: Losses,
): WrittenTools {
  const answer = answerToolFor(request, traits);
  const requested = answer === null ? request.toolChoice : answerChoice(request, answer.name);
  const choice = supportedChoice(requested, traits.claude, losses);
  const tools = toolsOf(request, choice, losses);
  if (answer !== null) tools.push(answer);
  if (tools.length === 0) return { members: {}, isForced: false, answerTool: null };
  if (request.parallelTools === false && request.tools.length > 0) {
    losses.note(request.names.parallelTools, 'parallel_tool_calls');
  }
  const written = tools.flatMap((tool) => toolBlocks(tool, traits, losses));
  return {
    members: { toolConfig: { tools: written, ...choosing(choice) } },
    isForced: isForcedChoice(choice),
    answerTool: answer?.name ?? null,
  };
}

/**
 * The client's tools, or placeholders for those that were called earlier.
 *
 * Converse rejects a conversation with calls but without tools, and has no tool choice `none`.
 */
function toolsOf(
  { tools, turns }: NeutralRequest,
  choice: ToolChoice | null,
  losses: Losses,
): ToolDefinition[] {
  const calls = turns.flatMap(({ parts }) => parts.filter((part) => part.kind === 'tool_call'));
  const isForbidden = choice?.kind === 'none' && tools.length > 0;
  if (isForbidden && calls.length === 0) return [];
  if (isForbidden) losses.note('tool_choice', 'tool_choice');
  if (tools.length > 0) return [...tools];
  const names = new Set(calls.map(({ name }) => name));
  return [...names].map((name) => ({
    name,
    description: null,
    parameters: null,
    strict: null,
    at: 'tools',
  }));
}

function answerToolFor(
  { format, tools }: NeutralRequest,
  traits: ModelTraits,
): ToolDefinition | null {
  if (format.kind !== 'json_schema' || isEnforced(format.schema, traits)) return null;
  const toolNames = new Set(tools.map(({ name }) => name));
  return {
    name: toolNames.has('answer') ? 'final_answer' : 'answer',
    description: format.description ?? 'Gives the answer. Call it once, with the whole answer.',
    parameters: { ...format.schema, type: 'object' },
    strict: null,
    at: 'response_format',
  };
}

/** Forces the answer tool, or any tool if the client's tools may be called first. */
function answerChoice({ tools, toolChoice }: NeutralRequest, name: string): ToolChoice {
  const isOnly = tools.length === 0 || toolChoice?.kind === 'none';
  return isOnly ? { kind: 'tool', name } : { kind: 'required' };
}

function toolBlocks(tool: ToolDefinition, traits: ModelTraits, losses: Losses): JsonObject[] {
  const { cache, at } = tool;
  const spec = { toolSpec: specOf(tool, traits, losses) };
  if (cache === undefined) return [spec];
  if (traits.cachePoints === 'everywhere') return [spec, ...cachePoint(cache, at, traits, losses)];
  losses.hint(`${at}.cache_control`, 'cache_control');
  return [spec];
}

function specOf(tool: ToolDefinition, traits: ModelTraits, losses: Losses): JsonObject {
  const { name, description, parameters, at } = tool;
  const schema = argumentSchema(parameters);
  const isStrict = tool.strict === true && traits.isClaude && isEnforced(schema, traits);
  if (tool.strict === true && !isStrict) losses.hint(`${at}.strict`, 'tools.strict');
  return {
    name,
    ...(description !== null && description !== '' && { description }),
    inputSchema: { json: isStrict ? toEnforceable(schema) : schema },
    ...(isStrict && { strict: true }),
  };
}

/** `auto` is left out: it is the default, and some models reject `toolChoice`. */
function choosing(choice: ToolChoice | null): JsonObject {
  switch (choice?.kind) {
    case 'required':
      return { toolChoice: { any: {} } };
    case 'tool':
      return { toolChoice: { tool: { name: choice.name } } };
    default:
      return {};
  }
}
