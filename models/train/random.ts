export { Random } from '../../src/core/random.js';
