export * from '../../src/bench/metrics/routing-curve.js';
