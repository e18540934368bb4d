export * from '../../src/bench/metrics/bootstrap.js';
