import { startApp, type TestApp } from '../../support/app.js';
import { anthropicRequest, seenByAnthropic } from './anthropic-client.js';
import { anthropicProvider, understoodByAnthropic } from './anthropic-provider.js';
import {
  completionsRequest,
  LACKED_BY_COMPLETIONS,
  seenByCompletions,
} from './completions-client.js';
import { bedrockProvider, understoodByBedrock } from './bedrock-provider.js';
import { cohereProvider, understoodByCohere } from './cohere-provider.js';
import { geminiPath, geminiRequest, seenByGemini } from './gemini-client.js';
import { geminiProvider, understoodByGemini } from './gemini-provider.js';
import { ollamaProvider, understoodByOllama } from './ollama-provider.js';
import { openAiRequest, seenByOpenAi } from './openai-client.js';
import { openAiProvider, understoodByOpenAi } from './openai-provider.js';
import { responsesRequest, seenByResponses } from './responses-client.js';
import { responsesProvider, understoodByResponses } from './responses-provider.js';
import { TOKENS } from './script.js';

/** How clients of each dialect send requests and read answers. */
export const CLIENTS = {
  openai: { path: '/v1/chat/completions', request: openAiRequest, seen: seenByOpenAi },
  anthropic: { path: '/v1/messages?beta=true', request: anthropicRequest, seen: seenByAnthropic },
  responses: { path: '/v1/responses', request: responsesRequest, seen: seenByResponses },
  gemini: { path: geminiPath, request: geminiRequest, seen: seenByGemini },
  completions: {
    path: '/v1/completions',
    request: completionsRequest,
    seen: seenByCompletions,
    lacks: LACKED_BY_COMPLETIONS,
  },
};
/** How providers of each dialect read requests and answer. */
export const PROVIDERS = {
  openai: { model: 'acme/gpt', speaks: openAiProvider, understood: understoodByOpenAi },
  anthropic: {
    model: 'claude/claude-sonnet-4-5',
    speaks: anthropicProvider,
    understood: understoodByAnthropic,
  },
  gemini: { model: 'google/gemini-3', speaks: geminiProvider, understood: understoodByGemini },
  cohere: { model: 'cohere/command-a', speaks: cohereProvider, understood: understoodByCohere },
  bedrock: {
    model: 'bedrock/us.anthropic.claude-sonnet-4-5-v1:0',
    speaks: bedrockProvider,
    understood: understoodByBedrock,
  },
  ollama: {
    model: 'llama/qwen3:8b',
    speaks: ollamaProvider,
    understood: understoodByOllama,
    // It does not report cached tokens.
    sees: { tokens: { ...TOKENS, cached: 0 } },
    lacks: { 'a refusal': 'it says `stop` whatever the model said' },
  },
  responses: {
    model: 'oai/o-model',
    speaks: responsesProvider,
    understood: understoodByResponses,
  },
};
type Path = string | ((model: string, stream: boolean) => string);
/** Some dialects have the model in the URL. */
export const addressOf = (path: Path, model: string, stream: boolean) =>
  typeof path === 'string' ? path : path(model, stream);
export type Client = keyof typeof CLIENTS;
export type Provider = keyof typeof PROVIDERS;
export const CLIENT_NAMES = Object.keys(CLIENTS) as Client[];
export const PROVIDER_NAMES = Object.keys(PROVIDERS) as Provider[];

export const PAIRS = CLIENT_NAMES.flatMap((client) =>
  PROVIDER_NAMES.map((provider) => [client, provider] as const),
);

/** A gateway with all providers at one address. */
export function startMatrix(baseUrl: string): Promise<TestApp> {
  return startApp(`
router: { predictor: heuristic }
providers:
  acme: { base_url: "${baseUrl}", api_key: sk-openai, models: [gpt] }
  google: { base_url: "${baseUrl}", api_key: sk-google, models: [gemini-3] }
  cohere: { base_url: "${baseUrl}", api_key: sk-cohere, models: [command-a] }
  bedrock: { base_url: "${baseUrl}", api_key: sk-aws, models: ["us.anthropic.claude-sonnet-4-5-v1:0"] }
  claude: { base_url: "${baseUrl}", api_key: sk-ant, dialect: anthropic, models: [claude-sonnet-4-5] }
  llama: { base_url: "${baseUrl}", dialect: ollama, models: ["qwen3:8b"] }
  oai: { base_url: "${baseUrl}", api_key: sk-openai, dialect: responses, models: [o-model] }
models:
  oai/o-model: { capabilities: [tools, parallel_tools, vision, json_mode, json_schema, reasoning] }
  "llama/qwen3:8b": { capabilities: [tools, parallel_tools, vision, json_mode, json_schema, reasoning] }
  google/gemini-3: { capabilities: [tools, parallel_tools, vision, json_mode, json_schema, reasoning] }
  "bedrock/us.anthropic.claude-sonnet-4-5-v1:0": { capabilities: [tools, parallel_tools, vision, json_mode, json_schema, reasoning] }
  cohere/command-a: { capabilities: [tools, parallel_tools, vision, json_mode, json_schema, reasoning] }
  acme/gpt: { capabilities: [tools, parallel_tools, vision, json_mode, json_schema, reasoning] }
`);
}
