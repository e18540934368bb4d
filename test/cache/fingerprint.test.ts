import { fc } from '../support/fast-check.js';
import { fingerprint, type CacheScope } from '../../src/cache/fingerprint.js';
import { growthOf } from '../support/growth.js';

const scope: CacheScope = { dialect: 'openai', tenant: 'ann', namespace: 'n', target: 'model:a/b' };
const NO_BODY = Buffer.alloc(0);

/** The same value with the members of all objects in another order. */
function reordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reordered);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, reordered(member)] as const);
  return Object.fromEntries(entries.toReversed());
}

const members = fc.dictionary(fc.string(), fc.jsonValue()) as fc.Arbitrary<Record<string, unknown>>;
/** As it is received. */
const wired = (value: Record<string, unknown>) =>
  JSON.parse(JSON.stringify(value)) as Record<string, unknown>;

test('differs between a request and a partition with the same members', () => {
  const given = { messages: [{ role: 'user', content: null }] };

  expect(fingerprint(scope, given, NO_BODY, 'partition')).not.toBe(
    fingerprint(scope, given, NO_BODY),
  );
});

test('does not depend on the order of members', () => {
  fc.assert(
    fc.property(members, (given) => {
      const one = fingerprint(scope, wired(given), NO_BODY);

      expect(fingerprint(scope, reordered(wired(given)) as Record<string, unknown>, NO_BODY)).toBe(
        one,
      );
    }),
    { numRuns: 500 },
  );
});

test('differs exactly when requests differ, for 10,000 random pairs', () => {
  const place = fc.record({
    dialect: fc.constantFrom('openai', 'anthropic'),
    tenant: fc.constantFrom(null, 'ann', 'bob', 'null', ''),
    namespace: fc.constantFrom('', 'a', 'b', 'a","b'),
    target: fc.constantFrom('model:a', 'policy:a', 'model:b'),
  });
  const text = fc.constantFrom('hi', 'Hi', 'hi ', '', '1', 'null', '{"a":1}');
  const value = fc.oneof(
    text,
    fc.constantFrom(0, 1, -1, 0.1, true, false, null),
    fc.array(text, { maxLength: 2 }),
  );
  const body = fc.dictionary(fc.constantFrom('seed', 'tools', 'messages', 'n', 'x'), value, {
    maxKeys: 3,
  });
  const told = (at: CacheScope, given: Record<string, unknown>) =>
    JSON.stringify([at.dialect, at.tenant, at.namespace, at.target, Object.entries(given).sort()]);
  fc.assert(
    fc.property(place, place, body, body, (a, b, one, two) => {
      const isSame = told(a, wired(one)) === told(b, wired(two));

      const agrees = fingerprint(a, wired(one), NO_BODY) === fingerprint(b, wired(two), NO_BODY);

      expect(agrees).toBe(isSame);
    }),
    { numRuns: 10_000 },
  );
});

test('distinguishes numbers that become equal when parsed', () => {
  const bodies = ['{"seed":9007199254740992}', '{"seed":9007199254740993}'];

  const [one, two] = bodies.map((body) =>
    fingerprint(scope, JSON.parse(body) as Record<string, unknown>, Buffer.from(body)),
  );

  expect(one).not.toBe(two);
});

test('is null for a request that is nested too deeply', () => {
  const deep = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000)) as unknown;

  expect(fingerprint(scope, { deep }, NO_BODY)).toBeNull();
});

test('takes no more time for deeply nested text than for shallow text', async () => {
  const textAt = (depth: number): unknown =>
    depth === 0 ? ['x'.repeat(400_000), 1] : [textAt(depth - 1), 1];
  const take = (value: unknown) => fingerprint(scope, { value }, NO_BODY);

  expect(take(textAt(100))).not.toBeNull();
  // Copied at each level it is a hundred times as much.
  expect(await growthOf(textAt, take, { small: 0, large: 100 })).toBeLessThan(10);
});
