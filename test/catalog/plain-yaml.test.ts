import { readFileSync, readdirSync } from 'node:fs';

import { fc } from '../support/fast-check.js';
import { parse, stringify } from 'yaml';

import { parsePlainYaml } from '../../src/catalog/plain-yaml.js';
import { timesTheCost } from '../support/growth.js';

const FOLDER = 'models/catalog';

describe('parsePlainYaml', () => {
  test('returns the result of the full parser or undefined, for generated documents', () => {
    const scalar = fc.oneof(
      fc.string(),
      fc.integer(),
      fc.double({ noDefaultInfinity: true, noNaN: true }),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom(
        '2026-11-20',
        'https://acme.example/a?b=c#d',
        '0x1f',
        '1e3',
        '.5',
        '~',
        'No',
        '- a',
      ),
    );
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 4 }, scalar, tie('list'), tie('map')),
      list: fc.array(tie('any'), { maxLength: 4 }),
      map: fc.dictionary(fc.stringMatching(/^[a-z_][a-z0-9_-]{0,5}$/), tie('any'), { maxKeys: 5 }),
    }));
    const style = fc.record({
      collectionStyle: fc.constantFrom('any' as const, 'flow' as const, 'block' as const),
      lineWidth: fc.constant(0),
      indentSeq: fc.boolean(),
    });
    let read = 0;

    fc.assert(
      fc.property(value.map, style, (content, options) => {
        const text = stringify(content, options);
        const plain = parsePlainYaml(text);

        if (plain === undefined) return;
        read++;
        expect(plain).toEqual(parse(text));
      }),
      { numRuns: 200 },
    );
    // About one in eleven is plain enough; fewer than three of 200 would mean that it rejects everything.
    expect(read).toBeGreaterThan(2);
  });

  test('agrees with the full parser on any combination of YAML fragments', () => {
    const piece = fc.constantFrom(
      'a: 1',
      'b: x',
      '- c',
      '- d: 2',
      '  e: [1, 2]',
      '  f: { g: h, i: null }',
      'j:',
      '  - k',
      '    l: "m: n"',
      '# comment',
      '',
      '  o: p # q',
      'a: 3',
      'r: { s: 1, s: 2 }',
      't: a: b',
      'u: [v',
      "w: 'x'",
      '{}',
      'y: 007',
      'z: -0.5',
      'true: 1',
      'aa: yes',
      'bb: 1_000',
      'cc: {dd: 1}',
      'ee: [ ff , gg ]',
      '\thh: 1',
      'ii: jj ',
      'kk:  ll',
    );

    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
        const text = pieces.join('\n');
        const plain = parsePlainYaml(text);
        if (plain === undefined) return;

        expect(plain).toEqual(parse(text));
      }),
      { numRuns: 1000 },
    );
  });

  test.each(
    Object.entries({
      nothing: '',
      'comments only': '# a\n\n# b\n',
      'a tab': 'a:\tb',
      'a comment after a value': 'a: b # c',
      'an anchor': 'a: &b c',
      'a block scalar': 'a: |\n  b',
      'a duplicate key': 'a: 1\na: 2',
      'the key __proto__': '__proto__: 1',
      'a list followed by a map entry': '- a\nb: 1',
      'an inconsistent indentation': 'a:\n    b: 1\n  c: 2',
    }),
  )('returns undefined for %s', (_what, text) => {
    expect(parsePlainYaml(text)).toBeUndefined();
  });

  test('reads the shipped catalog as the full parser does, more than three times as fast', async () => {
    const texts = readdirSync(FOLDER).map((name) => readFileSync(`${FOLDER}/${name}`, 'utf8'));
    const [text = ''] = texts;

    const cost = await timesTheCost(
      () => parse(text) as unknown,
      () => parsePlainYaml(text),
    );

    expect(texts.map(parsePlainYaml)).toEqual(texts.map((each) => parse(each) as unknown));
    expect(cost).toBeGreaterThan(3);
  });
});
