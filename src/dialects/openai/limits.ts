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

/** 64 hexadecimal digits that are the same for the same text. */
function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
