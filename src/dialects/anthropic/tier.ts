import { lookup } from '../json.js';

const OPENAI_WORDS = lookup({ standard: 'default', priority: 'priority', batch: null });
const OWN_WORDS = lookup({ default: 'standard', priority: 'priority' });

/** What an answer was served as, in OpenAI's words; `null` for what OpenAI has no word for. */
export function readTier(told: string): string | null {
  return OPENAI_WORDS[told] ?? null;
}

/** What an answer was served as, in Anthropic's words; `null` for what Anthropic has no word for. */
export function writtenTier(tier: string): string | null {
  return OWN_WORDS[tier] ?? null;
}
