import type { UnsupportedParams } from '../../dialects/unsupported-params.js';
import { refusalNote, effortsNote, type ModelNote } from './row.js';

/** Models that OpenAI serves only through the Responses API. */
export const RESPONSES_ONLY: ModelNote = {
  names:
    /^(?:o\d+-pro|o\d+(?:-mini)?-deep-research|gpt-5(?:\.\d+)?-(?:pro|codex)|codex-|computer-use-)/u,
  responsesOnly: true,
  renames: {},
  why: 'are available only through the Responses API',
  source: 'https://platform.openai.com/docs/models',
};

/** Reasoning models: they reject the older name of the output limit. */
export const MAX_COMPLETION_TOKENS_ONLY: ModelNote = {
  names: /^(?:o\d|gpt-5(?!.*chat))/u,
  responsesOnly: false,
  renames: { max_tokens: 'max_completion_tokens' },
  why: 'reject `max_tokens` and get `max_completion_tokens` instead',
  source: 'https://platform.openai.com/docs/guides/reasoning',
};

/** Parameters that OpenAI's models accept only while they do not reason, with their default values. */
const SAMPLING = { temperature: 1, top_p: 1, logprobs: false, top_logprobs: 0 };
const COMPATIBILITY = 'https://platform.openai.com/docs/guides/latest-model';

function samplingNote(
  names: RegExp,
  unlessEffort: UnsupportedParams['unlessEffort'],
  why: string,
): ModelNote {
  const refuses = [{ members: SAMPLING, unlessEffort, beside: null }];
  return { names, responsesOnly: false, renames: {}, refuses, why, source: COMPATIBILITY };
}

/**
 * Parameters that reasoning models reject.
 *
 * The default effort is documented up to GPT-5.4 (`none`). Newer models are assumed to reason by default: a parameter that is
 * dropped needlessly is reported to the client, while a rejected one makes the request fail.
 */
export const SAMPLING_REFUSALS: readonly ModelNote[] = [
  refusalNote(
    /^(?:o\d|gpt-5(?!-chat)|gpt-[6-9])/u,
    { presence_penalty: 0, frequency_penalty: 0, logit_bias: null },
    'reject `presence_penalty`, `frequency_penalty` and `logit_bias`',
    'https://platform.openai.com/docs/guides/reasoning',
  ),
  samplingNote(
    /^(?:o\d|gpt-5(?!-chat|\.)|gpt-5\.\d+-(?:chat|pro|codex))/u,
    null,
    'reject `temperature`, `top_p`, `logprobs` and `top_logprobs`',
  ),
  samplingNote(
    /^gpt-5\.[1-4](?!\d|-(?:chat|pro|codex))/u,
    'none or unset',
    'reject `temperature`, `top_p`, `logprobs` and `top_logprobs` while reasoning',
  ),
  samplingNote(
    /^(?:gpt-5\.(?:[5-9]|\d\d)(?!-(?:chat|pro|codex))|gpt-[6-9])/u,
    'none',
    'reject `temperature`, `top_p`, `logprobs` and `top_logprobs` unless reasoning is off',
  ),
];

const REASONING = 'https://platform.openai.com/docs/guides/reasoning#reasoning-effort';
const OF_GPT_5_2 = ['low', 'medium', 'high', 'xhigh'];

/** The reasoning efforts that models support; models newer than the listed ones are treated like GPT-5.2. */
export const EFFORTS: readonly ModelNote[] = [
  effortsNote(/^(?:gpt-[34]|chatgpt|gpt-5(?:\.\d+)?-chat)/u, [], REASONING),
  effortsNote(/^o\d(?!.*deep-research)/u, ['low', 'medium', 'high'], REASONING),
  effortsNote(/^gpt-5(?!\.|-(?:chat|pro|codex))/u, ['minimal', 'low', 'medium', 'high'], REASONING),
  effortsNote(/^gpt-5(?:\.1)?-codex(?!-max)/u, ['low', 'medium', 'high'], REASONING),
  effortsNote(/^gpt-5\.1(?!\d|-(?:chat|pro|codex))/u, ['none', 'low', 'medium', 'high'], REASONING),
  effortsNote(
    /^(?:gpt-5\.(?:[2-9]|\d\d)(?!\d|-(?:chat|pro|codex))|gpt-[6-9])/u,
    ['none', ...OF_GPT_5_2],
    REASONING,
  ),
  effortsNote(/^gpt-5\.(?:1-codex-max|(?:[2-9]|\d\d)-codex)/u, OF_GPT_5_2, REASONING),
  effortsNote(/^gpt-5-pro/u, ['high'], REASONING),
  effortsNote(/^gpt-5\.\d+-pro/u, ['medium', 'high', 'xhigh'], REASONING),
];
