import { orderFor } from '../../src/cache/order.js';
import { configSchema } from '../../src/config/schema.js';

const settings = { ...configSchema.parse({ cache: { mode: 'exact' } }).cache, callers: {} };

test('reads directives in linear time', () => {
  // As long as all headers together may be.
  const headers = { 'cache-control': `no-cache, a${' '.repeat(16_000)}b` };
  const subject = { caller: 'ann', policy: null, headers, sampled: false };

  const before = process.cpuUsage();
  const orders = Array.from({ length: 20 }, () => orderFor(settings, subject));
  const { user } = process.cpuUsage(before);

  expect(orders[0]).toMatchObject({ kind: 'use', looks: false });
  // Of the processor, as other work must not count: a few milliseconds. Quadratic time would be seconds.
  expect(user).toBeLessThan(500_000);
});
