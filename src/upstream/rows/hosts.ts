import { GROQ_REFUSALS, OPENROUTER_MEMBERS } from './host-models.js';
import { row, type ProviderRow } from './row.js';

/** Providers that serve open models or other vendors' models. */
export const HOSTS: readonly ProviderRow[] = [
  row({
    name: 'groq',
    displayName: 'Groq',
    baseUrl: 'https://api.groq.com/openai/v1',
    keyVariable: 'GROQ_API_KEY',
    effortByName: true,
    models: [OPENROUTER_MEMBERS, ...GROQ_REFUSALS],
    notes: 'Omits `content` next to tool calls, and also sends usage as `x_groq.usage`.',
    source: 'https://console.groq.com/docs/openai',
    evidence: 'recorded',
  }),
  row({
    name: 'openrouter',
    displayName: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    keyVariable: 'OPENROUTER_API_KEY',
    serves: ['chat', 'embeddings'],
    takesRouteTerms: true,
    notes:
      'Sends comment lines while it waits, `finish_reason` twice, and errors inside a 200 response.',
    source: 'https://openrouter.ai/docs/api-reference/overview',
    evidence: 'recorded',
  }),
  row({
    name: 'together',
    displayName: 'Together',
    baseUrl: 'https://api.together.xyz/v1',
    keyVariable: 'TOGETHER_API_KEY',
    serves: ['chat', 'embeddings'],
    source: 'https://docs.together.ai/docs/openai-api-compatibility',
    evidence: 'recorded',
  }),
  row({
    name: 'cerebras',
    displayName: 'Cerebras',
    baseUrl: 'https://api.cerebras.ai/v1',
    keyVariable: 'CEREBRAS_API_KEY',
    source: 'https://inference-docs.cerebras.ai/resources/openai',
    evidence: 'recorded',
  }),
  row({
    name: 'fireworks',
    displayName: 'Fireworks',
    baseUrl: 'https://api.fireworks.ai/inference/v1',
    keyVariable: 'FIREWORKS_API_KEY',
    serves: ['chat', 'embeddings'],
    source: 'https://docs.fireworks.ai/tools-sdks/openai-compatibility',
  }),
  row({
    name: 'nvidia',
    displayName: 'NVIDIA NIM',
    baseUrl: 'https://integrate.api.nvidia.com/v1',
    keyVariable: 'NVIDIA_API_KEY',
    serves: ['chat', 'embeddings'],
    source: 'https://docs.api.nvidia.com/nim/reference/llm-apis',
  }),
  row({
    name: 'deepinfra',
    displayName: 'DeepInfra',
    baseUrl: 'https://api.deepinfra.com/v1/openai',
    keyVariable: 'DEEPINFRA_API_KEY',
    serves: ['chat', 'embeddings'],
    source: 'https://deepinfra.com/docs/openai_api',
  }),
  row({
    name: 'huggingface',
    displayName: 'Hugging Face',
    baseUrl: 'https://router.huggingface.co/v1',
    keyVariable: 'HF_TOKEN',
    notes: 'Sends `tool_calls: []` when there are none.',
    source: 'https://huggingface.co/docs/inference-providers',
  }),
  row({
    name: 'sambanova',
    displayName: 'SambaNova',
    baseUrl: 'https://api.sambanova.ai/v1',
    keyVariable: 'SAMBANOVA_API_KEY',
    source: 'https://docs.sambanova.ai/cloud/docs/capabilities/openai-compatibility',
  }),
];

/** Servers on the operator's own machines: they need no key, and have the program's default address. */
export const LOCAL: readonly ProviderRow[] = [
  row({
    name: 'ollama',
    displayName: 'Ollama',
    baseUrl: 'http://127.0.0.1:11434/v1',
    keyVariable: null,
    serves: ['chat', 'embeddings'],
    notes:
      'Called through its OpenAI-compatible API. Set `dialect: ollama` for its native API at the same address: see dialects.md.',
    source: 'https://docs.ollama.com/openai',
    evidence: 'recorded',
  }),
  row({
    name: 'lmstudio',
    displayName: 'LM Studio',
    baseUrl: 'http://127.0.0.1:1234/v1',
    keyVariable: null,
    serves: ['chat', 'embeddings'],
    source: 'https://lmstudio.ai/docs/app/api/endpoints/openai',
  }),
  row({
    name: 'vllm',
    displayName: 'vLLM',
    baseUrl: 'http://127.0.0.1:8000/v1',
    keyVariable: null,
    serves: ['chat', 'embeddings'],
    source: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html',
  }),
  row({
    name: 'llamacpp',
    displayName: 'llama.cpp',
    baseUrl: 'http://127.0.0.1:8080/v1',
    keyVariable: null,
    serves: ['chat', 'embeddings'],
    notes: 'Serves the model it was started with, whatever model is requested.',
    source: 'https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md',
  }),
];
