import type { DialectName } from '../dialects/dialect.js';

/** A place that serves models over HTTP, as data. Most providers differ in nothing else. */
export interface ProviderRow {
  /** The name used in the catalog, in configuration and in metrics. */
  readonly name: string;
  readonly displayName: string;
  /** Everything before `/chat/completions`, `/messages` or `/models/…`; no slash at its end. */
  readonly baseUrl: string;
  /** The environment variable that holds the key; `null` when the provider asks for none. */
  readonly keyVariable: string | null;
  readonly auth: 'bearer' | 'none';
  readonly dialect: DialectName;
  /** Answers keep OpenAI's own rules, so that their bytes may be passed on as they are. */
  readonly trustedAnswers: boolean;
  /** Takes `stream_options`; where `false`, sending it makes the request fail. */
  readonly usageOption: boolean;
  /** What bounds an answer's length; OpenAI's newer models refuse the older name, many others the newer. */
  readonly outputCap: 'max_tokens' | 'max_completion_tokens';
  /**
   * Request members that this provider calls otherwise, by the name in the dialect; `null` leaves
   * a member out that would only make the request fail and says nothing about the answer.
   */
  readonly renames: Readonly<Record<string, string | null>>;
}

type Quirks = Partial<ProviderRow>;

const hosted = (
  name: string,
  displayName: string,
  baseUrl: string,
  keyVariable: string,
  quirks: Quirks = {},
): ProviderRow => ({
  name,
  displayName,
  baseUrl,
  keyVariable,
  auth: 'bearer',
  dialect: 'openai',
  trustedAnswers: false,
  usageOption: true,
  outputCap: 'max_tokens',
  renames: {},
  ...quirks,
});

const local = (name: string, displayName: string, baseUrl: string): ProviderRow => ({
  ...hosted(name, displayName, baseUrl, ''),
  keyVariable: null,
  auth: 'none',
});

/**
 * The providers known by name.
 *
 * Only OpenAI's answers are trusted: of the recorded answers of all other "compatible"
 * servers about half break a rule of OpenAI's schema (missing `index`, `tool_calls: null`,
 * usage in the wrong chunk, no `[DONE]`).
 */
export const PROVIDERS: readonly ProviderRow[] = [
  hosted('openai', 'OpenAI', 'https://api.openai.com/v1', 'OPENAI_API_KEY', {
    trustedAnswers: true,
    outputCap: 'max_completion_tokens',
  }),
  // Its OpenAI-compatible door lets neither thinking signatures nor citations nor cache markers through.
  hosted('anthropic', 'Anthropic', 'https://api.anthropic.com/v1', 'ANTHROPIC_API_KEY', {
    dialect: 'anthropic',
  }),
  // Its OpenAI-compatible door lets no thought signatures through. A bad key is a 400, not a 401.
  hosted('google', 'Google', 'https://generativelanguage.googleapis.com/v1beta', 'GEMINI_API_KEY', {
    dialect: 'gemini',
  }),
  // Leaves out `content` beside tool calls, and also sends usage as `x_groq.usage`.
  hosted('groq', 'Groq', 'https://api.groq.com/openai/v1', 'GROQ_API_KEY'),
  // Refuses unknown fields, `stream_options` among them, and tells usage in every stream unasked.
  hosted('mistral', 'Mistral', 'https://api.mistral.ai/v1', 'MISTRAL_API_KEY', {
    usageOption: false,
    renames: {
      stream_options: null,
      user: null,
      seed: 'random_seed',
      max_completion_tokens: 'max_tokens',
    },
  }),
  hosted('deepseek', 'DeepSeek', 'https://api.deepseek.com/v1', 'DEEPSEEK_API_KEY'),
  // Sends comment lines while it waits, `finish_reason` twice, and errors inside a 200.
  hosted('openrouter', 'OpenRouter', 'https://openrouter.ai/api/v1', 'OPENROUTER_API_KEY'),
  // Counts reasoning outside of completion tokens, and answers a bad key with a 400.
  hosted('xai', 'xAI', 'https://api.x.ai/v1', 'XAI_API_KEY'),
  hosted('together', 'Together', 'https://api.together.xyz/v1', 'TOGETHER_API_KEY'),
  hosted('cerebras', 'Cerebras', 'https://api.cerebras.ai/v1', 'CEREBRAS_API_KEY'),
  hosted('fireworks', 'Fireworks', 'https://api.fireworks.ai/inference/v1', 'FIREWORKS_API_KEY'),
  hosted(
    'alibaba',
    'Alibaba Model Studio',
    'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    'DASHSCOPE_API_KEY',
  ),
  hosted('moonshot', 'Moonshot', 'https://api.moonshot.ai/v1', 'MOONSHOT_API_KEY'),
  hosted('zai', 'Z.ai', 'https://api.z.ai/api/paas/v4', 'ZAI_API_KEY'),
  hosted('nvidia', 'NVIDIA', 'https://integrate.api.nvidia.com/v1', 'NVIDIA_API_KEY'),
  // No `[DONE]`, usage on every chunk, and `message` beside `delta`.
  hosted('perplexity', 'Perplexity', 'https://api.perplexity.ai', 'PERPLEXITY_API_KEY'),
  hosted('deepinfra', 'DeepInfra', 'https://api.deepinfra.com/v1/openai', 'DEEPINFRA_API_KEY'),
  hosted('huggingface', 'Hugging Face', 'https://router.huggingface.co/v1', 'HF_TOKEN'),
  hosted('sambanova', 'SambaNova', 'https://api.sambanova.ai/v1', 'SAMBANOVA_API_KEY'),
  hosted('cohere', 'Cohere', 'https://api.cohere.ai/compatibility/v1', 'COHERE_API_KEY'),
  local('ollama', 'Ollama', 'http://127.0.0.1:11434/v1'),
  local('lmstudio', 'LM Studio', 'http://127.0.0.1:1234/v1'),
  local('vllm', 'vLLM', 'http://127.0.0.1:8000/v1'),
  // Answered inside this process; the URL is never opened.
  { ...local('simulation', 'Simulation', 'http://simulation.invalid/v1'), trustedAnswers: true },
];
