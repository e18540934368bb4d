import type { ModelNote } from './row.js';

/** Those that OpenAI has behind its responses only. */
export const RESPONSES_ONLY: ModelNote = {
  names:
    /^(?:o\d+-pro|o\d+(?:-mini)?-deep-research|gpt-5(?:\.\d+)?-(?:pro|codex)|codex-|computer-use-)/u,
  responsesOnly: true,
  renames: {},
  why: 'answer to nothing but responses',
  source: 'https://platform.openai.com/docs/models',
};

/** Those that think: they refuse the older name for the length of an answer. */
export const NEWER_LENGTH: ModelNote = {
  names: /^(?:o\d|gpt-5(?!.*chat))/u,
  responsesOnly: false,
  renames: { max_tokens: 'max_completion_tokens' },
  why: 'refuse `max_tokens`, which is said to them as `max_completion_tokens`',
  source: 'https://platform.openai.com/docs/guides/reasoning',
};
