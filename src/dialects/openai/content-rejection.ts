import type { JsonObject } from '../json.js';
import { isObject } from '../json.js';

/** How OpenRouter and xAI reject content with status 403, which otherwise means a rejected key. */
const REJECTION_MESSAGE =
  /requires moderation and your input was flagged|content violates usage guidelines/i;

/** xAI names the operator's account. */
const ACCOUNT = /\b(Team|API key ID): [\w-]+/gi;

/** Whether an error rejects the content, whatever its status. */
export function isContentRejection(message: string, error: JsonObject): boolean {
  const { metadata } = error;
  return REJECTION_MESSAGE.test(message) || (isObject(metadata) && 'flagged_input' in metadata);
}

/** The message with the operator's account redacted. */
export function redactAccount(message: string): string {
  return message.replace(ACCOUNT, '$1: [redacted]');
}
