/** Text in every answer of the fake upstream; an answer without it was lost or made up on the way. */
export const MARKER = 'bench-answer-is-whole';

/** Every piece of text in a stream; the first one is what a reader waits for. */
export const TOKEN = 'bench-token';
