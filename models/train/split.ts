export { normalisedPrompt, partOf } from '../../src/outcomes/part.js';
export type { Part } from '../../src/outcomes/part.js';
