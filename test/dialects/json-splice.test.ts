import { fc } from '../support/fast-check.js';

import { scanObject, spliceBytes } from '../../src/dialects/json-splice.js';

function valuesOf(text: string, ...names: string[]): string[] {
  const bytes = Buffer.from(text);
  return scanObject(bytes, 0, names).found.map(({ start, end }) =>
    bytes.toString('utf8', start, end),
  );
}

describe('scanObject', () => {
  test.each([
    { what: 'a string', text: '{"a":"x"}', values: ['"x"'] },
    {
      what: 'a string that ends in escapes',
      text: '{"a":"x\\\\\\"y\\\\"}',
      values: ['"x\\\\\\"y\\\\"'],
    },
    { what: 'a number', text: '{"a":-1.0e5,"b":1}', values: ['-1.0e5'] },
    { what: 'a literal', text: '{"a":null}', values: ['null'] },
    { what: 'an object', text: '{"a":{"a":[1,{"a":"}"}]}}', values: ['{"a":[1,{"a":"}"}]}'] },
    { what: 'an array', text: '{"a":[{},[]],"b":2}', values: ['[{},[]]'] },
    { what: 'white space all around', text: ' \n{ "a" \t:\r\n 1 , "b" : 2 } ', values: ['1'] },
    { what: 'duplicates', text: '{"a":1,"b":{"a":9},"a":2}', values: ['1', '2'] },
    { what: 'an escaped name', text: '{"\\u0061":1}', values: ['1'] },
    { what: 'a non-ASCII name before it', text: '{"é你":"ü","a":1}', values: ['1'] },
    { what: 'only nested members of that name', text: '{"b":{"a":1}}', values: [] },
    { what: 'no members', text: '{ }', values: [] },
  ])('returns the bytes of a member with $what', ({ text, values }) => {
    expect(valuesOf(text, 'a')).toEqual(values);
  });

  test('finds the same members as JSON.parse', () => {
    const object = fc.dictionary(
      fc.oneof(fc.constantFrom('a', 'b', '__proto__'), fc.string()),
      fc.jsonValue(),
    );

    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        const parsed = JSON.parse(text) as Record<string, unknown>;

        const found = valuesOf(text, 'a', 'b').map((v) => JSON.stringify(JSON.parse(v)));

        const expected = Object.keys(parsed).filter((k) => k === 'a' || k === 'b');
        expect(found).toEqual(expected.map((k) => JSON.stringify(parsed[k])));
      }),
    );
  });

  test('returns where a member can be inserted', () => {
    const bytes = Buffer.from('  { "a":1}');

    const { insertAt, isEmpty } = scanObject(bytes, 0, []);

    const edited = spliceBytes(bytes, [{ start: insertAt, end: insertAt, text: '"b":2,' }]);
    expect(isEmpty).toBe(false);
    expect(edited.toString()).toBe('  {"b":2, "a":1}');
  });
});
