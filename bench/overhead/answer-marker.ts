/** Text in every answer of the fake upstream; an answer without it was lost or made up on the way. */
export const MARKER = 'bench-answer-is-whole';
