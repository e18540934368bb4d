import type { Target } from '../dialect.js';
import type { JsonObject } from '../json.js';
import { cacheControl } from '../neutral/cache-marker.js';
import { argumentSchema } from '../neutral/argument-schema.js';
import type { Losses } from '../neutral/losses.js';
import type { NeutralRequest, ToolChoice, ToolDefinition } from '../neutral/request.js';
import { claudeTraits, type ClaudeTraits } from './claude.js';
import { enforceable, hasMap } from './schema.js';

/** What a request says of tools. */
export interface WrittenTools {
  /** `tools` and `tool_choice`, as far as there are any. */
  readonly members: JsonObject;
  /** The model has no choice but to call a tool. */
  readonly isForced: boolean;
  /** The tool whose arguments are the answer, for models that take no schema otherwise. */
  readonly answerTool: string | null;
}

/** Whether only a tool can bring the model to a schema; its arguments are an object. */
export function takesTool({ model }: Target, schema: JsonObject): boolean {
  return !isEnforced(schema, claudeTraits(model));
}

function isEnforced(schema: JsonObject, { schemas }: ClaudeTraits): boolean {
  return schemas && !hasMap(schema);
}

/** The tools of a request, with one for its answer where only a tool can bring the model to a schema. */
export function writeTools(
  request: NeutralRequest,
  traits: ClaudeTraits,
  losses: Losses,
): WrittenTools {
  const answer = answerToolFor(request, traits, losses);
  const tools = request.tools.map((tool) => toolOf(tool, traits, losses));
  if (answer !== null) tools.push(answer);
  if (tools.length === 0) return { members: {}, isForced: false, answerTool: null };
  const wanted = answer === null ? request.toolChoice : forced(request, answer);
  const choice = takenChoice(wanted, traits, losses);
  return {
    members: { tools, ...choosing(choice, request.parallelTools) },
    isForced: isForcing(choice),
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
    input_schema: isStrict ? enforceable(schema) : schema,
    ...(isStrict && { strict: true }),
    ...cacheControl(cache),
  };
}

function answerToolFor(
  { format, names, tools }: NeutralRequest,
  traits: ClaudeTraits,
  losses: Losses,
): JsonObject | null {
  // Nothing but the prompt brings Claude to JSON of any shape; OpenAI wants the prompt to ask for it, too.
  if (format.kind === 'json_object') losses.note(names.format, 'response_format');
  if (format.kind !== 'json_schema' || isEnforced(format.schema, traits)) return null;
  const taken = new Set(tools.map(({ name }) => name));
  return {
    name: taken.has('answer') ? 'final_answer' : 'answer',
    description: format.description ?? 'Gives the answer. Call it once, with the whole answer.',
    input_schema: { ...format.schema, type: 'object' },
  };
}

/** The answer's own tool, or any where the client's tools may come first. */
function forced({ tools, toolChoice }: NeutralRequest, answer: JsonObject): ToolChoice {
  const isOnly = tools.length === 0 || toolChoice?.kind === 'none';
  return isOnly ? { kind: 'tool', name: String(answer['name']) } : { kind: 'required' };
}

/** What the model takes of a choice; one that cannot be made to call a tool chooses itself. */
export function takenChoice(
  choice: ToolChoice | null,
  { forcedTools }: ClaudeTraits,
  losses: Losses,
): ToolChoice | null {
  if (forcedTools || !isForcing(choice)) return choice;
  losses.note('tool_choice', 'tool_choice');
  return { kind: 'auto' };
}

/** The model has no choice but to call a tool. */
export function isForcing(choice: ToolChoice | null): boolean {
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
