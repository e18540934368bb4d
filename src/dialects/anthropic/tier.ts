import { lookup } from '../json.js';

const TO_OPENAI = lookup({ standard: 'default', priority: 'priority', batch: null });
const TO_ANTHROPIC = lookup({ default: 'standard', priority: 'priority' });

/** Maps a service tier to OpenAI's name; `null` if OpenAI has no equivalent. */
export function decodeTier(tier: string): string | null {
  return TO_OPENAI[tier] ?? null;
}

/** Maps a service tier to Anthropic's name; `null` if Anthropic has no equivalent. */
export function encodeTier(tier: string): string | null {
  return TO_ANTHROPIC[tier] ?? null;
}
