export { DataError, readJsonl } from '../../src/outcomes/jsonl.js';
