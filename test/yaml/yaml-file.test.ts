import { fc } from '../support/fast-check.js';

import { formatFault } from '../../src/core/errors.js';
import { faultsOf, parse } from './support.js';

describe('YamlFile.parse', () => {
  test.each([
    ['an empty file', '', {}],
    ['only comments', '# nothing\n---\n', {}],
    ['an explicit null', '~', {}],
    ['scalars of every kind', 'a: 1\nb: x\nc: true\nd:\n', { a: 1, b: 'x', c: true, d: null }],
    ['yes, no, on and off as text', 'a: yes\nb: off', { a: 'yes', b: 'off' }],
    ['anchors and aliases', 'a: &x [1, 2]\nb: *x', { a: [1, 2], b: [1, 2] }],
    [
      'merged maps',
      'a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}',
      { a: { p: 1, q: 2 }, b: { p: 1, q: 3 } },
    ],
    ['number-like keys as text', '1: a', { '1': 'a' }],
    ['CRLF line ends', 'a: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
  ])('reads %s', (_what, text, expected) => {
    expect(parse(text).value).toEqual(expected);
  });

  test.each([
    [
      'a duplicate key',
      'a: 1\na: 2',
      ['2:1: error: this key is already given above, in the same map.'],
    ],
    [
      'a tab as indentation',
      'a:\n\tb: 1',
      ['2:1: error: tabs cannot be used for indentation; use spaces.'],
    ],
    [
      'an unclosed quote',
      'a: "x',
      [
        '1:6: error: something is missing here: a closing quote or bracket, a ":" after a key, or a "-".',
      ],
    ],
    [
      'an unclosed bracket',
      'a: [1\nb: 2',
      ['2:1: error: the indentation is wrong, or a bracket that was opened before is not closed.'],
    ],
    [
      'a colon within plain text',
      'a: b: c',
      [
        '1:4: error: there is a second ":" here, or the lines below are indented too far; put text that contains ": " in quotes.',
      ],
    ],
    [
      'reserved characters',
      'a: @x\nb: `y',
      [
        '1:4: error: text that starts with this character must be in quotes.',
        '2:4: error: text that starts with this character must be in quotes.',
      ],
    ],
    [
      'a second document',
      'a: 1\n---\nb: 2',
      ['2:1: error: the file contains a second document after "---"; only one is allowed.'],
    ],
    [
      'an alias without an anchor',
      'a: *x',
      ['1:4: error: no anchor of this name is defined above.'],
    ],
    [
      'an alias within itself',
      'a: &x {b: [*x]}',
      ['1:12: error: this alias refers to a value that contains the alias.'],
    ],
    [
      'a merge of something other than a map',
      'a: &x [1]\nb: { <<: *x }\nc: { <<: [{ d: 1 }, 2] }\ne: { "<<": 1 }',
      [
        '2:6: error: "<<" must be followed by a map, an alias of a map, or a list of these.',
        '3:6: error: "<<" must be followed by a map, an alias of a map, or a list of these.',
      ],
    ],
    [
      'an unknown tag',
      'a: !secret x',
      ['1:4: error: unknown tag; remove it, or put text that starts with "!" in quotes.'],
    ],
    [
      'a key that is a list',
      '? [a]\n: 1',
      ['1:3: error: a key must be plain text, not a list or a map.'],
    ],
    [
      'every fault at once',
      'a: 1\na: 2\nb: @x\n',
      [
        '2:1: error: this key is already given above, in the same map.',
        '3:4: error: text that starts with this character must be in quotes.',
      ],
    ],
  ])('rejects %s', (_what, text, expected) => {
    expect(faultsOf(() => parse(text))).toEqual(expected);
  });

  test('rejects an alias bomb without expanding it', () => {
    const level = (name: string, of: string): string =>
      `${name}: &${name} [${`*${of},`.repeat(9)}]`;
    const names = 'bcdefghij'.split('');
    const bomb = ['a: &a x', ...names.map((n, i) => level(n, 'abcdefghij'[i] ?? ''))].join('\n');

    const faults = faultsOf(() => parse(bomb));

    expect(faults).toEqual(['1:1: error: the aliases in this file expand to too many values.']);
  });

  test('accepts any input or reports faults with a position', () => {
    const pieces = ['a', ': ', ':', '\n', '  ', '- ', '[', ']', '{', '}', ', ', '"', "'", '|', '>'];
    const signs = [
      '&x ',
      '*x',
      '!t ',
      '#',
      '---\n',
      '%',
      '@',
      '\t',
      '? ',
      '<<: ',
      '1',
      '\r\n',
      '😀',
    ];
    const text = fc.array(fc.constantFrom(...pieces, ...signs), { maxLength: 20 });
    fc.assert(
      fc.property(text, (parts) => {
        const faults = faultsOf(() => parse(parts.join('')).locate(['a', 0], 1));

        for (const fault of faults) expect(fault).toMatch(/^[1-9]\d*:[1-9]\d*: error: .+\.$/);
      }),
      { numRuns: 300 },
    );
  });

  test('never quotes the text at a syntax error, which may be a secret', () => {
    const faults = faultsOf(() => parse('api_key: "sk-hidden" sk-hidden\nb: @sk-hidden'));

    expect(faults.length).toBeGreaterThan(0);
    expect(faults.join('\n')).not.toContain('sk-hidden');
  });
});

describe('YamlFile.locate', () => {
  const file = parse(
    [
      'server:',
      '  port: 80 # comment',
      '  hosts: [a, "b"]',
      'keys:',
      '  - name: one',
      '    when: |',
      '      first',
      '        second',
      '  - &two { name: two }',
      'again: *two',
      'more: { <<: *two, x: 1 }',
      'empty:',
    ].join('\n'),
  );

  test.each<[readonly PropertyKey[], string]>([
    [['server'], '2:3'],
    [['server', 'port'], '2:9'],
    [['server', 'hosts', 1], '3:14'],
    [['keys', 0, 'name'], '5:11'],
    [['keys', 1, 'name'], '9:18'],
    [['again', 'name'], '9:18'],
    [['more', 'name'], '9:18'],
    [['more', 'x'], '11:22'],
    [[], '1:1'],
  ])('finds the value at %j: %s', (path, expected) => {
    const { line, column } = file.locate(path);

    expect(`${line}:${column}`).toBe(expected);
  });

  test.each<[readonly PropertyKey[], string]>([
    [['server', 'nothing'], '1:1'],
    [['server', 'port', 'below'], '2:3'],
    [['keys', 7], '4:1'],
    [['keys', 1, 'key'], '9:10'],
    [['nowhere', 'at', 'all'], '1:1'],
    [['empty', 'below'], '12:1'],
  ])('finds the parent of the missing value at %j: %s', (path, expected) => {
    const { line, column } = file.locate(path);

    expect(`${line}:${column}`).toBe(expected);
  });

  test('finds the start of a key name', () => {
    expect(file.locateKey(['server', 'port'])).toEqual({ line: 2, column: 3 });
    expect(file.locateKey(['keys', 1])).toEqual({ line: 9, column: 10 });
  });

  test('returns the start of an empty file', () => {
    expect(parse('').locate(['a', 'b'])).toEqual({ line: 1, column: 1 });
    expect(parse('# note\n').locate([])).toEqual({ line: 1, column: 1 });
  });

  test.each([
    ['plain text', 'a: one two', 4, '1:8'],
    ['double quotes', 'a: "one two"', 4, '1:9'],
    ['an escape before it', String.raw`a: "o\"e two"`, 4, '1:10'],
    ['a line-break escape before it', String.raw`a: "one\ntwo"`, 4, '1:10'],
    ['single quotes with a doubled quote', "a: 'o''e two'", 4, '1:10'],
    ['a literal block', 'a: |\n  one\n    two', 6, '3:5'],
    ['a folded block', 'a: >-\n  one\n  two', 4, '3:3'],
    ['folded plain text', 'a: one\n  two', 4, '2:3'],
    ['the end of the text', 'a: one', 3, '1:7'],
    ['a number', 'a: 12', 1, '1:4'],
  ])('finds a character in %s', (_what, text, index, expected) => {
    const { line, column } = parse(text).locate(['a'], index);

    expect(`${line}:${column}`).toBe(expected);
  });

  test('finds every character of a literal block', () => {
    const word = fc.stringMatching(/^[a-z0-9 ]{0,8}[a-z0-9]$/);
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (lines) => {
        const value = lines.map((line) => line.trimStart()).join('\n');
        const text = `when: |-\n${value.replace(/^/gm, '    ')}\n`;

        const file = parse(text);

        for (let i = 0; i < value.length; i++) {
          if (value[i] === '\n') continue;
          const { line, column } = file.locate(['when'], i);
          expect(text.split('\n')[line - 1]?.[column - 1]).toBe(value[i]);
        }
      }),
    );
  });
});

describe('YamlFile.fault', () => {
  test('has the file, the position and the severity', () => {
    const fault = parse('a:\n  b: 1').fault(['a', 'b'], 'this is odd.', 'warning');

    expect(formatFault(fault)).toBe('f.yaml:2:6: warning: this is odd.');
  });

  test('has severity error by default', () => {
    expect(parse('a: 1').fault(['a'], 'no.').severity).toBe('error');
  });
});
