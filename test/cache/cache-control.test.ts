import { cacheControlFor } from '../../src/cache/cache-control.js';
import { configSchema } from '../../src/config/schema.js';
import { growthOf } from '../support/growth.js';

const settings = { ...configSchema.parse({ cache: { mode: 'exact' } }).cache, callers: {} };

test('parses directives in linear time', async () => {
  const subjectOf = (length: number) => {
    const headers = { 'cache-control': `no-cache, a${' '.repeat(length)}b` };
    return { caller: 'ann', policy: null, headers, sampled: false };
  };
  const order = (subject: ReturnType<typeof subjectOf>) => cacheControlFor(settings, subject);
  // The large one is as long as all headers together may be.
  const sizes = { small: 800, large: 16_000 };

  expect(order(subjectOf(sizes.large))).toMatchObject({ kind: 'use', allowsCached: false });
  expect(await growthOf(subjectOf, order, sizes)).toBeLessThan(120);
});
