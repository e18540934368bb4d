export { FORMAT_FAILURES, OUTCOME_SETS, WORDING_TASKS } from '../../../src/outcomes/known-sets.js';
export type { OutcomeSet } from '../../../src/outcomes/known-sets.js';
