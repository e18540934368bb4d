import { fc } from '../support/fast-check.js';

import { findJsonSyntaxError } from '../../src/dialects/json-syntax-error.js';

describe('findJsonSyntaxError', () => {
  test.each([
    { text: '{"a": }', line: 1, column: 7, what: 'unexpected "}" where a value should be' },
    { text: '{"a":1,}', line: 1, column: 8, what: 'unexpected "}" where a member name' },
    { text: '{\n  "a": 1\n  "b": 2}', line: 3, column: 3, what: 'where a comma' },
    { text: '{"a" 1}', line: 1, column: 6, what: 'where a colon should be' },
    { text: '{a:1}', line: 1, column: 2, what: 'a member name in double quotes or "}"' },
    { text: "{'a':1}", line: 1, column: 2, what: 'unexpected "\'"' },
    { text: '[1,2', line: 1, column: 5, what: 'the text ends where a comma' },
    { text: '[1,]', line: 1, column: 4, what: 'where a value should be' },
    { text: '[nul]', line: 1, column: 2, what: 'unexpected "n"' },
    { text: '{"a":"x\ny"}', line: 1, column: 6, what: 'a string is not closed' },
    { text: '{"a":"x', line: 1, column: 6, what: 'a string is not closed' },
    { text: '{} x', line: 1, column: 4, what: 'unexpected "x" where the end should be' },
    { text: '[1}', line: 1, column: 3, what: 'unexpected "}"' },
  ])('finds the fault in $text', ({ text, line, column, what }) => {
    const fault = findJsonSyntaxError(text);

    expect(fault).toMatchObject({ line, column });
    expect(fault?.what).toContain(what);
  });

  test('finds a fault after a string of megabytes', () => {
    const fault = findJsonSyntaxError(`["${'a'.repeat(12_000_000)}" x]`);

    expect(fault).toMatchObject({ line: 1, column: 12_000_005 });
  });

  test('finds a fault exactly if JSON.parse does', () => {
    const json = fc.json({ maxDepth: 4 });

    fc.assert(
      fc.property(
        json,
        fc.nat(),
        fc.constantFrom('', ',', '"', '}', ']', 'x', ':', '0'),
        (text, n, c) => {
          const at = n % (text.length + 1);
          const broken = text.slice(0, at) + c + text.slice(at + 1);

          const isJson = findJsonSyntaxError(broken) === null;

          expect(isJson).toBe(parses(broken));
        },
      ),
      { numRuns: 200 },
    );
  });
});

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
