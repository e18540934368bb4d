export * from '../../src/bench/metrics/probability.js';
