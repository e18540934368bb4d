import { GatewayError } from '../../src/core/errors.js';
import { nestsDeeperThan } from '../../src/dialects/json-depth.js';
import { parseBody } from '../../src/dialects/request-check.js';
import { fc } from '../support/fast-check.js';

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
    : 0;

describe('nestsDeeperThan', () => {
  test('finds the depth of any JSON, whatever its strings contain', () => {
    const text = fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', 'a', 'é') });
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 6 }, text, fc.integer(), tie('list'), tie('map')),
      list: fc.array(tie('value'), { maxLength: 4 }),
      map: fc.dictionary(text, tie('value'), { maxKeys: 4 }),
    }));

    fc.assert(
      fc.property(
        value,
        fc.integer({ min: 0, max: 8 }),
        fc.constantFrom(0, 2),
        (json, most, indent) => {
          expect(nestsDeeperThan(JSON.stringify(json, null, indent), most)).toBe(
            depthOf(json) > most,
          );
        },
      ),
    );
  });

  test('terminates on an unclosed string', () => {
    expect(nestsDeeperThan('["abc\\"[[[[', 3)).toBe(false);
  });
});

describe('parseBody', () => {
  const nested = (depth: number, text = '') =>
    Buffer.from(`{"text":"${text}","deep":${'['.repeat(depth)}${']'.repeat(depth)}}`);

  test.each([100_000, 5_000_000])('rejects %i nested lists without parsing them', (depth) => {
    expect(() => parseBody(nested(depth))).toThrow(
      new GatewayError('invalid_request', 'The body is nested more than 1000 levels deep.'),
    );
  });

  test('accepts a body with long texts', () => {
    expect(parseBody(nested(900, 'x'.repeat(200_000)))).toHaveProperty('deep');
  });
});
