import { codePoint, fc } from '../support/fast-check.js';
import * as z from 'zod';

import { interpolate } from '../../src/config/interpolate.js';
import { YamlFile } from '../../src/yaml/yaml-file.js';

const schema = z.strictObject({
  text: z.string().optional(),
  texts: z.array(z.string()).optional(),
  number: z.number().nullable().optional(),
  flag: z.boolean().optional(),
  level: z.enum(['info', 'warn', '1']).optional(),
  either: z.union([z.int(), z.string()]).optional(),
  named: z.record(z.string(), z.strictObject({ port: z.int() })).optional(),
});

function fill(text: string, env: Record<string, string | undefined> = {}): unknown {
  const { file, faults } = interpolate(YamlFile.parse('f.yaml', text), schema, env);

  expect(faults).toEqual([]);

  return file.value;
}

function faultsIn(text: string): readonly string[] {
  const { faults } = interpolate(YamlFile.parse('f.yaml', text), schema, { SET: 'x' });
  return faults.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

describe('interpolate', () => {
  test.each([
    ['text: ${A}', { A: 'x' }, { text: 'x' }],
    ['text: a ${A}/${B} z', { A: '1', B: '2' }, { text: 'a 1/2 z' }],
    ['text: "${A}"', { A: '' }, { text: '' }],
    ['text: ${A:-b}', {}, { text: 'b' }],
    ['text: ${A:-b}', { A: '' }, { text: 'b' }],
    ['text: ${A:-b}', { A: 'a' }, { text: 'a' }],
    ['text: ${A:-}', {}, { text: '' }],
    ['text: "${A:-http://h:1/${}"', {}, { text: 'http://h:1/${' }],
    ['text: $${A}', { A: 'x' }, { text: '${A}' }],
    ['text: $$${A}', { A: 'x' }, { text: '$${A}' }],
    ['text: $A and $5 and {A}', { A: 'x' }, { text: '$A and $5 and {A}' }],
    ['texts: ["${A}", b, "${A}"]', { A: 'x' }, { texts: ['x', 'b', 'x'] }],
    ['text: ${A}', { A: '12' }, { text: '12' }],
    ['level: ${A}', { A: '1' }, { level: '1' }],
    ['either: ${A}', { A: '1' }, { either: '1' }],
    ['number: ${A}', { A: '12' }, { number: 12 }],
    ['number: "${A}"', { A: ' -1.5e2 ' }, { number: -150 }],
    ['number: 1${A}', { A: '2' }, { number: 12 }],
    ['number: ${A:-}', {}, { number: null }],
    ['number: ${A}', { A: 'Infinity' }, { number: 'Infinity' }],
    ['number: ${A}', { A: '0x10' }, { number: '0x10' }],
    ['flag: ${A}', { A: 'true' }, { flag: true }],
    ['flag: ${A}', { A: 'False' }, { flag: false }],
    ['flag: ${A}', { A: '1' }, { flag: '1' }],
    ['named: { a: { port: "${A}" } }', { A: '80' }, { named: { a: { port: 80 } } }],
    ['number: "12"', {}, { number: '12' }],
    ['unknown: ${A}', { A: '12' }, { unknown: '12' }],
  ])('resolves `%s` with %j to %j', (text, env, expected) => {
    expect(fill(text, env)).toEqual(expected);
  });

  test.each([
    ['text: ${A}', ['1:7 environment variable A is not set.']],
    [
      'text: "a ${SET} ${A} ${B}"',
      ['1:17 environment variable A is not set.', '1:22 environment variable B is not set.'],
    ],
    ['text: |\n  first\n  and ${A}', ['3:7 environment variable A is not set.']],
    ['named: {a: &a {port: "${A}"}, b: *a}', ['1:23 environment variable A is not set.']],
    ['text: ${toString}', ['1:7 environment variable toString is not set.']],
  ])('reports an unset variable at its position in `%s`', (text, expected) => {
    expect(faultsIn(text)).toEqual(expected);
  });

  test.each([
    'text: ${}',
    'text: ${A',
    'text: "${A B}"',
    'text: ${1A}',
    'text: ${A-b}',
    'text: x ${',
  ])('rejects the malformed placeholder in `%s`', (text) => {
    expect(faultsIn(text)).toEqual([
      expect.stringMatching(/^1:\d+ placeholders are written \$\{NAME\} or /),
    ]);
  });

  test('takes any value as text, whatever it would mean in YAML', () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint }), (value) => {
        expect(fill('text: ${A}\nnumber: 1', { A: value })).toEqual({ text: value, number: 1 });
      }),
    );
  });

  test('does not resolve placeholders inside values', () => {
    expect(fill('text: ${A}', { A: '${B} $${C}', B: 'secret' })).toEqual({ text: '${B} $${C}' });
  });

  test('leaves an escaped placeholder as literal text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('$', '{', '}', 'a', ':-', ' ') }), (text) => {
        const escaped = text.replaceAll('${', () => '$${');

        expect(fill(`text: ${JSON.stringify(escaped)}`)).toEqual({ text });
      }),
    );
  });

  test('parses every number in the environment', () => {
    const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    fc.assert(
      fc.property(number, (value) => {
        const expected = Number(String(value));

        expect(fill('number: ${A}', { A: String(value) })).toEqual({ number: expected });
      }),
    );
  });
});
