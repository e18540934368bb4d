import { createHash } from 'node:crypto';

/** OpenAI rejects longer values of `user` and `safety_identifier`. */
const MAX_USER_CHARS = 64;

/**
 * The client's user id if OpenAI accepts it, otherwise a hash of it.
 *
 * Vendors use it only to distinguish users, for which a deterministic hash is sufficient.
 */
export function acceptedUserId(user: string): string {
  return user.length <= MAX_USER_CHARS ? user : digestOf(user);
}

/** OpenAI rejects longer call ids in Chat Completions and in Responses, respectively. */
const MAX_CALL_ID_CHARS = 40;
const MAX_RESPONSES_CALL_ID_CHARS = 64;
const CALL_DIGEST_CHARS = 32;

/** Maps call ids to ones that a model accepts in Chat Completions: deterministic, so that call and result match. */
export function callIdFor(model: string): (id: string) => string {
  // Kimi's ids contain the function's name and the call's number, and its models read them.
  if (model.toLowerCase().includes('kimi')) return (id) => id;
  return (id) => shortened(id, MAX_CALL_ID_CHARS);
}

/** As `callIdFor`, for Responses. */
export function responsesCallId(id: string): string {
  return shortened(id, MAX_RESPONSES_CALL_ID_CHARS);
}

function shortened(id: string, maxChars: number): string {
  return id.length <= maxChars ? id : `call_${digestOf(id).slice(0, CALL_DIGEST_CHARS)}`;
}

/** SHA-256 of a text, as 64 hexadecimal digits. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
