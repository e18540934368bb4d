import type { JsonObject } from '../json.js';
import { isObject } from '../json.js';

/** How providers say with the status of a refused key (403) that they will not have what was said: OpenRouter and xAI. */
const SAID = /requires moderation and your input was flagged|content violates usage guidelines/i;

/** xAI tells whose account it was. */
const ACCOUNT = /\b(Team|API key ID): [\w-]+/gi;

/** Tells an error that is about what was said, whatever its status. */
export function saysContentRefused(message: string, error: JsonObject): boolean {
  const { metadata } = error;
  return SAID.test(message) || (isObject(metadata) && 'flagged_input' in metadata);
}

/** The message without the operator's account. */
export function withoutAccount(message: string): string {
  return message.replace(ACCOUNT, '$1: [redacted]');
}
