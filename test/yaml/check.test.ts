import { fc } from '../support/fast-check.js';
import * as z from 'zod';

import { faultsOf, parse } from './support.js';

describe('schema check', () => {
  const schema = z.strictObject({
    port: z.int().min(1).max(65535).optional(),
    ratio: z.number().gt(0).lt(1).optional(),
    name: z.string().min(1).max(5).optional(),
    long: z.string().min(3).optional(),
    level: z.enum(['debug', 'info', 'warn']).optional(),
    mode: z.literal('only').optional(),
    on: z.boolean().optional(),
    globs: z.array(z.string()).min(2).max(3).optional(),
    limit: z.number().nullable().optional(),
    step: z.int().multipleOf(5).optional(),
    url: z.url().optional(),
    hash: z.string().regex(/^#/, 'must start with #').optional(),
    ours: z
      .string()
      .refine((s) => s === 'x', 'is not x')
      .optional(),
    whole: z
      .string()
      .refine((s) => s === 'x', 'Say x.')
      .optional(),
    free: z.union([z.literal('auto'), z.int(), z.strictObject({ keep: z.number() })]).optional(),
    either: z.union([z.enum(['red', 'green']), z.literal('blue')]).optional(),
    shape: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('round') }),
        z.strictObject({ kind: z.literal('square'), side: z.number() }),
      ])
      .optional(),
    named: z
      .record(
        z.string().regex(/^[a-z]+$/, 'may have small letters only'),
        z.strictObject({ keep: z.int(), url: z.string().optional() }),
      )
      .optional(),
    levels: z.partialRecord(z.enum(['low', 'high']), z.int()).optional(),
    token: z.string().min(8).meta({ secret: true }).optional(),
    tokens: z
      .record(z.string(), z.enum(['abcdef', 'uvwxyz']))
      .meta({ secret: true })
      .optional(),
    list: z.array(z.strictObject({ keep: z.int() })).optional(),
  });

  test.each([
    ['kep: 1', '1:1: error: unknown option "kep".'],
    ['porrt: 1', '1:1: error: unknown option "porrt"; did you mean "port"?'],
    ['list: [{keep: 1, zebra: 2}]', '1:18: error: unknown option "zebra"; known options: keep.'],
    [
      'named: {a: {keep: 1, keeep: 2}}',
      '1:22: error: unknown option "keeep"; did you mean "keep"?',
    ],
    ['port: abc', '1:7: error: "port" must be a whole number, not the text "abc".'],
    ['port: 1.5', '1:7: error: "port" must be a whole number, not 1.5.'],
    ['port:', '1:6: error: "port" must be a whole number, not empty.'],
    ['port: [1]', '1:7: error: "port" must be a whole number, not a list.'],
    ['port: {a: 1}', '1:7: error: "port" must be a whole number, not a map.'],
    ['port: 0', '1:7: error: "port" must be at least 1, not 0.'],
    ['port: 70000', '1:7: error: "port" must be at most 65535, not 70000.'],
    ['ratio: 0', '1:8: error: "ratio" must be more than 0, not 0.'],
    ['ratio: 1', '1:8: error: "ratio" must be less than 1, not 1.'],
    ['ratio: .nan', '1:8: error: "ratio" must be a number, not NaN.'],
    ['name: ""', '1:7: error: "name" must not be empty.'],
    ['name: sixsix', '1:7: error: "name" must have at most 5 characters, not the text "sixsix".'],
    ['name: 3', '1:7: error: "name" must be text, not 3.'],
    ['long: ab', '1:7: error: "long" must have at least 3 characters, not the text "ab".'],
    [
      'level: infoo',
      '1:8: error: "level" must be "debug", "info" or "warn", not the text "infoo"; did you mean "info"?',
    ],
    ['level: 3', '1:8: error: "level" must be "debug", "info" or "warn", not 3.'],
    ['mode: other', '1:7: error: "mode" must be "only", not the text "other".'],
    ['on: yes', '1:5: error: "on" must be true or false, not the text "yes".'],
    ['globs: "*"', '1:8: error: "globs" must be a list, not the text "*".'],
    ['globs: []', '1:8: error: "globs" must have at least 2 entries.'],
    ['globs: [a, 2]', '1:12: error: "globs[1]" must be text, not 2.'],
    ['globs: [a, b, c, d]', '1:8: error: "globs" must have at most 3 entries, not a list.'],
    ['limit: much', '1:8: error: "limit" must be a number, not the text "much".'],
    ['step: 3', '1:7: error: "step" must be a multiple of 5, not 3.'],
    [
      'url: example',
      '1:6: error: "url" must be a URL such as https://host.example/v1, not the text "example".',
    ],
    ['hash: x', '1:7: error: "hash" must start with #, not the text "x".'],
    ['ours: y', '1:7: error: "ours" is not x.'],
    ['whole: y', '1:8: error: Say x.'],
    [
      'free: true',
      '1:7: error: "free" must be "auto", a whole number or a map of options, not true.',
    ],
    [
      'free: auuto',
      '1:7: error: "free" must be "auto", a whole number or a map of options, not the text "auuto"; did you mean "auto"?',
    ],
    ['free: {keep: x}', '1:14: error: "free.keep" must be a number, not the text "x".'],
    [
      'free: {kep: 1}',
      [
        '1:1: error: "free.keep" is missing; it must be a number.',
        '1:8: error: unknown option "kep"; did you mean "keep"?',
      ].join('\n'),
    ],
    [
      'either: blu',
      '1:9: error: "either" must be "red", "green" or "blue", not the text "blu"; did you mean "blue"?',
    ],
    [
      'shape: {kind: oval}',
      '1:15: error: "shape.kind" must be "round" or "square", not the text "oval".',
    ],
    ['shape: {}', '1:1: error: "shape.kind" is missing; it must be "round" or "square".'],
    ['named: {A1: {keep: 1}}', '1:9: error: the name "A1" in "named" may have small letters only.'],
    ['named: {a: {}}', '1:9: error: "named.a.keep" is missing; it must be a whole number.'],
    ['levels: {higgh: 1}', '1:10: error: unknown option "higgh"; did you mean "high"?'],
    ['levels: {x9: 1}', '1:10: error: unknown option "x9"; known options: low, high.'],
    ['[1]', '1:1: error: the file must be a map of options, not a list.'],
    ['just text', '1:1: error: the file must be a map of options, not the text "just text".'],
  ])('explains what is wrong with `%s`', (text, expected) => {
    const faults = faultsOf(() => parse(text).check(schema));

    expect(faults.join('\n')).toBe(expected);
  });

  test('returns the value with schema defaults', () => {
    const withDefault = z.strictObject({ a: z.int().default(3), b: z.string() });

    expect(parse('b: x').check(withDefault)).toEqual({ a: 3, b: 'x' });
  });

  test('reports all faults at once, in file order', () => {
    const text = 'zz: 1\nport: x\nlist:\n  - keep: 1\n  - {}\n  - keep: no\n';

    expect(faultsOf(() => parse(text).check(schema))).toEqual([
      '1:1: error: unknown option "zz".',
      '2:7: error: "port" must be a whole number, not the text "x".',
      '5:5: error: "list[1].keep" is missing; it must be a whole number.',
      '6:11: error: "list[2].keep" must be a whole number, not the text "no".',
    ]);
  });

  test('truncates long texts and keeps a message on one line', () => {
    const faults = faultsOf(() => parse(`port: |\n  ${'long '.repeat(20)}\n  more`).check(schema));

    expect(faults).toEqual([
      '1:7: error: "port" must be a whole number, not the text "long long long long long long long long …".',
    ]);
  });

  test('reports a fault behind an alias once per path', () => {
    const text = 'list: [&a {keep: x}, *a]';

    // The second message differs by its path.
    expect(faultsOf(() => parse(text).check(schema))).toEqual([
      '1:18: error: "list[0].keep" must be a whole number, not the text "x".',
      '1:18: error: "list[1].keep" must be a whole number, not the text "x".',
    ]);
  });

  test.each([
    ['token: hush', '1:8: error: "token" must have at least 8 characters.'],
    ['token: 4711', '1:8: error: "token" must be text, not a number.'],
    ['tokens: {a: abcdeg}', '1:13: error: "tokens.a" must be "abcdef" or "uvwxyz".'],
  ])('hides the secret in `%s`', (text, expected) => {
    expect(faultsOf(() => parse(text).check(schema))).toEqual([expected]);
  });

  test('rejects names of inherited object properties as unknown options', () => {
    const faults = faultsOf(() => parse('constructor: 1\ntoString: 2').check(schema));

    expect(faults).toEqual([
      '1:1: error: unknown option "constructor".',
      '2:1: error: unknown option "toString".',
    ]);
  });

  test('reports every fault on one line with a position', () => {
    const yaml = fc.json({ maxDepth: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(schema.shape)), yaml, (key, json) => {
        const faults = faultsOf(() => parse(`${key}: ${json}`).check(schema));

        for (const fault of faults) expect(fault).toMatch(/^\d+:\d+: error: .+[.?]$/);
      }),
    );
  });
});

describe('YamlFile.mapTexts', () => {
  const schema = z.strictObject({
    port: z.int().optional(),
    list: z.array(z.string().max(5)).optional(),
    token: z.string().max(5).meta({ secret: true }).optional(),
  });

  test('keeps structure and positions', () => {
    const file = parse('list: [a, b]\nport: 3').mapTexts((text) => text.toUpperCase());

    expect(file.value).toEqual({ list: ['A', 'B'], port: 3 });
    expect(file.locate(['list', 1])).toEqual({ line: 1, column: 11 });
  });

  test('passes the path of each text', () => {
    const paths: string[] = [];

    parse('list: [a]\nm: {k: v}').mapTexts((text, path) => {
      paths.push(path.join('.'));
      return text;
    });

    expect(paths).toEqual(['list.0', 'm.k']);
  });

  test('shows the original text in faults, never the replacement', () => {
    const file = parse('port: ${PORT}\ntoken: my-${TOKEN}\nlist: [long enough]');
    const replaced = file.mapTexts((text) => (text.includes('$') ? 'hidden-value' : text));

    expect(faultsOf(() => replaced.check(schema))).toEqual([
      '1:7: error: "port" must be a whole number; it comes from ${PORT}.',
      '2:8: error: "token" must have at most 5 characters.',
      '3:8: error: "list[0]" must have at most 5 characters, not the text "long enough".',
    ]);
  });
});
