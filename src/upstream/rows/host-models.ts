import { refusalNote, effortsNote, type ModelNote } from './row.js';

const GROK = 'https://docs.x.ai/docs/guides/reasoning';

/** Parameters that xAI's models reject. All models reason except the larger third-generation one and those named `non-reasoning`. */
export const GROK_REFUSALS: readonly ModelNote[] = [
  refusalNote(
    /^grok-(?!.*non-reasoning)(?:3-mini|[4-9]|code|build)/u,
    { presence_penalty: 0, frequency_penalty: 0, stop: null },
    'reject `presence_penalty`, `frequency_penalty` and `stop`',
    GROK,
  ),
  refusalNote(
    // From the smaller third-generation model until 4.3, models had no effort setting.
    /^grok-(?:4(?![.\d])|4[.-](?:1|20)(?!\d|.*multi)|code)/u,
    { reasoning_effort: null },
    'reject `reasoning_effort`',
    GROK,
  ),
  effortsNote(/^grok-3-mini/u, ['low', 'high'], GROK),
];

/** Parameters that Groq rejects, whichever vendor's model it runs. */
export const GROQ_REFUSALS: readonly ModelNote[] = [
  refusalNote(
    /.*/u,
    { logprobs: false, top_logprobs: 0, logit_bias: null, n: 1 },
    'reject `logprobs`, `top_logprobs`, `logit_bias` and more than one answer (`n`)',
    'https://console.groq.com/docs/openai',
  ),
  refusalNote(
    /^qwen/u,
    { reasoning_effort: null },
    'accept only `none` and `default` as `reasoning_effort`',
    'https://console.groq.com/docs/reasoning',
  ),
];

/** OpenRouter's extensions of OpenAI's requests, which other providers reject. */
export const OPENROUTER_MEMBERS: ModelNote = refusalNote(
  /.*/u,
  { usage: null, transforms: null, plugins: null, preset: null, session_id: null },
  "reject OpenRouter's `usage`, `transforms`, `plugins`, `preset` and `session_id`",
  'https://openrouter.ai/docs/api-reference/overview',
);
