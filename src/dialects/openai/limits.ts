import { createHash } from 'node:crypto';

/** OpenAI refuses longer words for whoever asks, in `user` and in `safety_identifier`. */
const MAX_USER_CHARS = 64;

/**
 * The client's word for whoever asks it, where OpenAI takes it; otherwise a digest of it.
 *
 * Vendors only tell people apart by it, which a digest that is the same for the same word does as well.
 */
export function userWord(user: string): string {
  return user.length <= MAX_USER_CHARS ? user : digestOf(user);
}

/** OpenAI refuses longer ids of calls in chat completions, and in responses. */
const MAX_CALL_ID_CHARS = 40;
const MAX_RESPONSES_CALL_ID_CHARS = 64;
const CALL_DIGEST_CHARS = 32;

/** What a model is to know a call by in chat completions: the same in call and result. */
export function callIdFor(model: string): (id: string) => string {
  // Kimi's ids say what was called and as which, and its models read them.
  if (model.toLowerCase().includes('kimi')) return (id) => id;
  return (id) => shortened(id, MAX_CALL_ID_CHARS);
}

/** As `callIdFor`, in responses. */
export function responsesCallId(id: string): string {
  return shortened(id, MAX_RESPONSES_CALL_ID_CHARS);
}

function shortened(id: string, maxChars: number): string {
  return id.length <= maxChars ? id : `call_${digestOf(id).slice(0, CALL_DIGEST_CHARS)}`;
}

/** 64 hexadecimal digits that are the same for the same text. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
