import { fc } from '../support/fast-check.js';
import { fingerprint, type CacheScope } from '../../src/cache/fingerprint.js';

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
/** As it comes from the wire. */
const wired = (value: Record<string, unknown>) =>
  JSON.parse(JSON.stringify(value)) as Record<string, unknown>;

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

test('differs for 10,000 pairs of requests that differ', () => {
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

test('distinguishes numbers that parsing makes equal', () => {
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

test('takes no longer for deep requests than for flat ones', () => {
  const flat: unknown = ['x'.repeat(4_000_000), 1];
  let deep = flat;
  for (let depth = 0; depth < 100; depth++) deep = [deep, 1];
  const costUs = (value: unknown): number => {
    const before = process.cpuUsage();
    expect(fingerprint(scope, { value }, NO_BODY)).not.toBeNull();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };

  costUs(flat);

  // Copied at each level it is a hundred times as much.
  expect(costUs(deep)).toBeLessThan(10 * Math.max(costUs(flat), 10_000));
});
