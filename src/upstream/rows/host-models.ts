import { refusalNote, effortsNote, type ModelNote } from './row.js';

const GROK = 'https://docs.x.ai/docs/guides/reasoning';

/** What xAI's models refuse: those that think are all but the third generation's larger one, and those that say so. */
export const GROK_REFUSALS: readonly ModelNote[] = [
  refusalNote(
    /^grok-(?!.*non-reasoning)(?:3-mini|[4-9]|code|build)/u,
    { presence_penalty: 0, frequency_penalty: 0, stop: null },
    'reject `presence_penalty`, `frequency_penalty` and `stop`',
    GROK,
  ),
  refusalNote(
    // Between the third generation's smaller one and 4.3 there was nothing to set.
    /^grok-(?:4(?![.\d])|4[.-](?:1|20)(?!\d|.*multi)|code)/u,
    { reasoning_effort: null },
    'reject `reasoning_effort`',
    GROK,
  ),
  effortsNote(/^grok-3-mini/u, ['low', 'high'], GROK),
];

/** What Groq refuses, whichever vendor's model it runs. */
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

/** What OpenRouter's clients write beside OpenAI's members. */
export const OPENROUTER_MEMBERS: ModelNote = refusalNote(
  /.*/u,
  { usage: null, transforms: null, plugins: null, preset: null, session_id: null },
  "reject OpenRouter's `usage`, `transforms`, `plugins`, `preset` and `session_id`",
  'https://openrouter.ai/docs/api-reference/overview',
);
