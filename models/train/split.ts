export { normalisedPrompt, splitPartOf as partOf } from '../../src/outcomes/split.js';
export type { SplitPart as Part } from '../../src/outcomes/split.js';
