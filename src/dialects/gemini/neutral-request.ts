import { objectOrEmpty, textOrNull, type JsonObject } from '../json.js';
import { numberOr, objectMembers, positiveOrNull, textsIn } from '../json-members.js';
import type {
  AnswerFormat,
  ForeignMember,
  NeutralRequest,
  Sampling,
  Thinking,
  ToolChoice,
  ToolDefinition,
} from '../neutral/request.js';
import { camelMembers, toList } from './members.js';
import { readTurns } from './neutral-contents.js';
import { nameSet } from '../neutral/unread.js';
import { jsonSchemaOf } from './neutral-schema.js';
import { unreadBelow } from './unread.js';

/** Members that are read here or by other parts of the gateway. */
const READ = nameSet(
  'model contents systemInstruction tools toolConfig generationConfig labels providerOptions',
);
/** Members that Google documents and that have no equivalent in other dialects. */
const KNOWN_FOREIGN = nameSet('safetySettings cachedContent serviceTier store modelArmorConfig');

const CONFIG_READ = nameSet(
  `temperature topP topK candidateCount maxOutputTokens stopSequences responseMimeType responseSchema
   responseJsonSchema presencePenalty frequencyPenalty seed responseLogprobs logprobs thinkingConfig`,
);
const CONFIG_FOREIGN = nameSet(
  `responseModalities speechConfig mediaResolution imageConfig audioTimestamp routingConfig
   modelSelectionConfig enableEnhancedCivicAnswers enableAffectiveDialog responseFormat`,
);

/** Members of functions that can be translated. */
const FUNCTION_READ = nameSet('name description parameters parametersJsonSchema');
const FUNCTION_FOREIGN = nameSet('response responseJsonSchema behavior');

/** The neutral form of a generateContent request whose shape has been checked. */
export function readNeutral(json: JsonObject, stream: boolean): NeutralRequest {
  const request = camelMembers(json);
  const config = camelMembers(request['generationConfig']);
  const calling = camelMembers(camelMembers(request['toolConfig'])['functionCallingConfig']);
  const allowed = textsIn(calling['allowedFunctionNames']);
  const tools = readTools(request['tools']);
  return {
    stream,
    turns: readTurns(request['systemInstruction'], request['contents']),
    tools: allowed.length === 0 ? tools : tools.filter(({ name }) => allowed.includes(name)),
    toolChoice: readToolChoice(calling, allowed),
    parallelTools: null,
    format: readFormat(config),
    thinking: readThinking(config['thinkingConfig']),
    sampling: readSampling(config),
    maxOutputTokens: positiveOrNull(config['maxOutputTokens']),
    stop: textsIn(config['stopSequences']),
    choices: positiveOrNull(config['candidateCount']) ?? 1,
    logprobs: config['responseLogprobs'] === true ? numberOr(config['logprobs'], 0) : null,
    user: null,
    serviceTier: null,
    cache: null,
    providerOptions: objectMembers(request['providerOptions']),
    foreign: foreignMembers(request, config),
    unread: () => unreadBelow(request, config),
    names: {
      maxOutputTokens: 'generationConfig.maxOutputTokens',
      stop: 'generationConfig.stopSequences',
      topP: 'generationConfig.topP',
      format: 'generationConfig.responseSchema',
      strict: 'generationConfig.responseSchema',
      parallelTools: 'toolConfig',
      user: 'labels',
    },
  };
}

function readTools(tools: unknown): ToolDefinition[] {
  return toList(tools).flatMap((tool, i) =>
    toList(camelMembers(tool)['functionDeclarations']).map((declared, n) => {
      const { name, description, parameters, parametersJsonSchema } = camelMembers(declared);
      return {
        name: textOrNull(name) ?? '',
        description: textOrNull(description),
        parameters: schemaOf(parameters, parametersJsonSchema),
        strict: null,
        at: `tools[${i}].functionDeclarations[${n}]`,
      };
    }),
  );
}

/** A schema in Google's format or as JSON Schema; `null` for neither. */
function schemaOf(googleSchema: unknown, jsonSchema: unknown): JsonObject | null {
  if (jsonSchema !== undefined && jsonSchema !== null) return objectOrEmpty(jsonSchema);
  return googleSchema === undefined || googleSchema === null ? null : jsonSchemaOf(googleSchema);
}

function readToolChoice(calling: JsonObject, allowed: readonly string[]): ToolChoice | null {
  switch (String(calling['mode']).toUpperCase()) {
    case 'AUTO':
    case 'VALIDATED':
      return { kind: 'auto' };
    case 'NONE':
      return { kind: 'none' };
    case 'ANY': {
      const [only, ...others] = allowed;
      return only !== undefined && others.length === 0
        ? { kind: 'tool', name: only }
        : { kind: 'required' };
    }
    default:
      return null;
  }
}

function readFormat(config: JsonObject): AnswerFormat {
  const schema = schemaOf(config['responseSchema'], config['responseJsonSchema']);
  const isJson = config['responseMimeType'] === 'application/json';
  if (schema === null) return { kind: isJson ? 'json_object' : 'text' };
  return { kind: 'json_schema', name: 'answer', description: null, schema, strict: null };
}

function readThinking(value: unknown): Thinking | null {
  const config = camelMembers(value);
  const at = 'generationConfig.thinkingConfig';
  const budget = numberOr(config['thinkingBudget'], null);
  const effort = textOrNull(config['thinkingLevel'])?.toLowerCase() ?? null;
  if (budget === 0) return { mode: 'off', effort: null, budgetTokens: null, at };
  const isHidden = config['includeThoughts'] !== true;
  if (effort !== null || (budget !== null && budget > 0)) {
    return { mode: 'on', effort, budgetTokens: budget, isHidden, at };
  }
  const isLeftToModel = budget !== null || !isHidden;
  return isLeftToModel
    ? { mode: 'adaptive', effort: null, budgetTokens: null, isHidden, at }
    : null;
}

function readSampling(config: JsonObject): Sampling {
  const names = ['temperature', 'topP', 'topK', 'frequencyPenalty', 'presencePenalty', 'seed'];
  return Object.fromEntries(
    names.map((name) => [name, config[name]]).filter(([, value]) => typeof value === 'number'),
  ) as Sampling;
}

function foreignMembers(request: JsonObject, config: JsonObject): ForeignMember[] {
  const members = [
    ...foreignIn(request, '', READ, KNOWN_FOREIGN),
    ...foreignIn(config, 'generationConfig.', CONFIG_READ, CONFIG_FOREIGN),
  ];
  if (camelMembers(request['toolConfig'])['retrievalConfig'] !== undefined) {
    members.push({ field: 'toolConfig.retrievalConfig', isKnown: true });
  }
  const mimeType = textOrNull(config['responseMimeType']) ?? 'text/plain';
  if (mimeType !== 'text/plain' && mimeType !== 'application/json') {
    members.push({ field: 'generationConfig.responseMimeType', isKnown: true });
  }
  toList(request['tools']).forEach((value, i) => {
    const tool = camelMembers(value);
    for (const name of Object.keys(tool)) {
      // All other tools run at Google.
      const field = `tools[${i}].${name}`;
      if (name === 'functionDeclarations') continue;
      members.push({ field, isKnown: OWN_TOOLS.has(name), isTool: true });
    }
    toList(tool['functionDeclarations']).forEach((declared, n) => {
      const at = `tools[${i}].functionDeclarations[${n}].`;
      members.push(...foreignIn(camelMembers(declared), at, FUNCTION_READ, FUNCTION_FOREIGN));
    });
  });
  return members;
}

const OWN_TOOLS = nameSet(
  'googleSearch googleSearchRetrieval codeExecution urlContext fileSearch computerUse googleMaps retrieval',
);

function foreignIn(
  object: JsonObject,
  at: string,
  read: ReadonlySet<string>,
  known: ReadonlySet<string>,
): ForeignMember[] {
  return Object.entries(object)
    .filter(([name, value]) => !read.has(name) && isSpecified(value))
    .map(([name]) => ({ field: `${at}${name}`, isKnown: known.has(name) }));
}

/** Clients also send empty arrays. */
function isSpecified(value: unknown): boolean {
  return value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0);
}
