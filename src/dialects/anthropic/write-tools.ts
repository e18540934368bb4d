import type { Target } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { cacheControl } from '../neutral/cache-marker.js';
import { argumentSchema } from '../neutral/argument-schema.js';
import type { Losses } from '../neutral/losses.js';
import type { NeutralRequest, ToolChoice, ToolDefinition } from '../neutral/request.js';
import { claudeTraits, type ClaudeTraits } from './claude-traits.js';
import { toEnforceable, hasArbitraryMembers } from './schema.js';

/** The encoded tools of a request. */
export interface WrittenTools {
  /** `tools` and `tool_choice`, if there are any. */
  readonly members: JsonObject;
  /** The model must call a tool. */
  readonly isForced: boolean;
  /** The tool whose arguments are the answer, for models or schemas that `output_config.format` does not support. */
  readonly answerTool: string | null;
}

/** Whether a schema needs the answer tool, whose arguments must be an object. */
export function needsAnswerTool({ model }: Target, schema: JsonObject): boolean {
  return !isEnforced(schema, claudeTraits(model));
}

function isEnforced(schema: JsonObject, { supportsSchemas }: ClaudeTraits): boolean {
  return supportsSchemas && !hasArbitraryMembers(schema);
}

/** Encodes the tools of a request, and adds the answer tool if the schema needs it. */
export function writeTools(
  request: NeutralRequest,
  traits: ClaudeTraits,
  losses: Losses,
): WrittenTools {
  const answer = answerToolFor(request, traits, losses);
  const tools = request.tools.map((tool) => toolOf(tool, traits, losses));
  if (answer !== null) tools.push(answer);
  if (tools.length === 0) return { members: {}, isForced: false, answerTool: null };
  const requested = answer === null ? request.toolChoice : forced(request, answer);
  const choice = supportedChoice(requested, traits, losses);
  return {
    members: { tools, ...choosing(choice, request.parallelTools) },
    isForced: isForcedChoice(choice),
    answerTool: answer === null ? null : String(answer['name']),
  };
}

function toolOf(tool: ToolDefinition, traits: ClaudeTraits, losses: Losses): JsonObject {
  const { name, description, cache, strict, at } = tool;
  const schema = argumentSchema(tool.parameters);
  const isStrict = strict === true && isEnforced(schema, traits);
  if (strict === true && !isStrict) losses.note(`${at}.strict`, 'tools.strict');
  return {
    name,
    ...(description !== null && { description }),
    input_schema: isStrict ? toEnforceable(schema) : schema,
    ...(isStrict && { strict: true }),
    ...cacheControl(cache),
  };
}

function answerToolFor(
  { format, names, tools }: NeutralRequest,
  traits: ClaudeTraits,
  losses: Losses,
): JsonObject | null {
  // Claude has no `json_object`; the prompt has to ask for JSON, which OpenAI requires anyway.
  if (format.kind === 'json_object') losses.note(names.format, 'response_format');
  if (format.kind !== 'json_schema' || isEnforced(format.schema, traits)) return null;
  const toolNames = new Set(tools.map(({ name }) => name));
  return {
    name: toolNames.has('answer') ? 'final_answer' : 'answer',
    description: format.description ?? 'Gives the answer. Call it once, with the whole answer.',
    input_schema: { ...format.schema, type: 'object' },
  };
}

/** Forces the answer tool, or any tool if the client's tools may be called first. */
function forced({ tools, toolChoice }: NeutralRequest, answer: JsonObject): ToolChoice {
  const isOnly = tools.length === 0 || toolChoice?.kind === 'none';
  return isOnly ? { kind: 'tool', name: String(answer['name']) } : { kind: 'required' };
}

/** The tool choice that the model accepts: `auto` in place of a forced one if it supports none. */
export function supportedChoice(
  choice: ToolChoice | null,
  traits: ClaudeTraits,
  losses: Losses,
): ToolChoice | null {
  if (traits.supportsForcedTools || !isForcedChoice(choice)) return choice;
  losses.note('tool_choice', 'tool_choice');
  return { kind: 'auto' };
}

/** Whether the model must call a tool. */
export function isForcedChoice(choice: ToolChoice | null): boolean {
  return choice?.kind === 'required' || choice?.kind === 'tool';
}

function choosing(choice: ToolChoice | null, parallelTools: boolean | null): JsonObject {
  const oneAtATime = parallelTools === false && choice?.kind !== 'none';
  if (choice === null && !oneAtATime) return {};
  const limit = oneAtATime && { disable_parallel_tool_use: true };
  return { tool_choice: { ...choiceOf(choice), ...limit } };
}

function choiceOf(choice: ToolChoice | null): JsonObject {
  switch (choice?.kind) {
    case 'required':
      return { type: 'any' };
    case 'tool':
      return { type: 'tool', name: choice.name };
    case 'none':
      return { type: 'none' };
    default:
      return { type: 'auto' };
  }
}
