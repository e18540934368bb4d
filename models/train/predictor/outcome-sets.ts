export { FORMAT_FAILURES, OUTCOME_SETS } from '../../../src/outcomes/known-sets.js';
export type { OutcomeSet } from '../../../src/outcomes/known-sets.js';
