/** Text in every answer of the fake upstream; an answer without it is not the upstream's. */
export const MARKER = 'bench-answer-is-whole';

/** The text of every chunk of a stream; its first occurrence is the first token. */
export const TOKEN = 'bench-token';
