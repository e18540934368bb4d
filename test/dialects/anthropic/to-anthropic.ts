import type { Target } from '../../../src/dialects/dialect.js';
import { translated } from '../../support/translated.js';

const CLAUDE: Partial<Target> = { model: 'claude-sonnet-4-5', provider: 'anthropic' };
export const user = (content: unknown) => ({ role: 'user', content });

/** Translates a chat completion request for Anthropic; without messages, its text is "hi". */
export function toAnthropic(body: object, target: Partial<Target> = {}) {
  const request = { model: 'auto', messages: [user('hi')], ...body };
  return translated('openai', 'anthropic', request, { ...CLAUDE, ...target });
}
