export {
  FORMAT_FAILURES,
  KNOWN_SETS as OUTCOME_SETS,
  WORDING_TASKS,
} from '../../../src/outcomes/known-sets.js';
export type { KnownSet as OutcomeSet } from '../../../src/outcomes/known-sets.js';
