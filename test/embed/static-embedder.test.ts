import { codePoint, fc } from '../support/fast-check.js';
import { ArtefactError } from '../../src/embed/artefact.js';
import { StaticEmbedder } from '../../src/embed/static-embedder.js';
import { tinyTable } from './tiny-table.js';
import { growthOf } from '../support/growth.js';

const embedder = StaticEmbedder.load(tinyTable());

function cosine(a: string, b: string): number {
  const first = embedder.embed(a);
  const second = embedder.embed(b);
  return first.reduce((sum, value, i) => sum + value * (second[i] ?? 0), 0);
}

function length(vector: Float32Array): number {
  return Math.hypot(...vector);
}

describe('StaticEmbedder', () => {
  test('returns a vector of unit length or of zeros for any string', () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint, maxLength: 300 }), (text) => {
        const vector = embedder.embed(text);

        expect(vector).toHaveLength(64);
        const expected = vector.some((value) => value !== 0) ? 1 : 0;
        expect(length(vector)).toBeCloseTo(expected, 5);
      }),
    );
  });

  test('returns the same vector for a text regardless of earlier texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: codePoint }), fc.string({ unit: codePoint }), (text, other) => {
        const before = embedder.embed(text);
        embedder.embed(other);
        const after = embedder.embed(text);

        expect(after).toEqual(before);
      }),
    );
  });

  test('splits a text into rows with weights that make a unit vector, the larger the more often a row occurs', () => {
    const { rows, weights } = embedder.rowsOf('the cat the dog the');

    expect(new Set(rows).size).toBe(rows.length);
    expect(length(weights)).toBeCloseTo(1, 5);
    const [the = -1] = embedder.rowsOf('the').rows;
    const [cat = -1] = embedder.rowsOf('cat').rows;
    const weightOf = (row: number): number => weights[rows.indexOf(row)] ?? 0;
    expect(weightOf(the) / weightOf(cat)).toBeCloseTo(Math.sqrt(3), 5);
    expect(embedder.rowsOf('?!').rows).toHaveLength(0);
  });

  test('writes into a given array', () => {
    const out = new Float32Array(64).fill(9);

    const vector = embedder.embed('the cat', out);

    expect(vector).toBe(out);
    expect(vector).toEqual(embedder.embed('the cat'));
  });

  test.each([
    { what: 'case', a: 'The CAT sat', b: 'the cat sat' },
    { what: 'punctuation and spacing', a: 'the  cat, sat!', b: '\tthe cat sat' },
    { what: 'an apostrophe', a: "don't", b: 'dont' },
    { what: 'the order of words without a known pair', a: 'cat the sat', b: 'the cat sat' },
    { what: 'the composition of accents', a: 'cafe\u0301', b: 'caf\u00e9' },
  ])('ignores $what', ({ a, b }) => {
    const similarity = cosine(a, b);

    expect(similarity).toBeCloseTo(1, 5);
  });

  test.each([
    { what: 'different words', a: 'the cat', b: 'the york' },
    { what: 'the order of a known word pair', a: 'new york', b: 'york new' },
    { what: 'unknown words', a: 'zebra', b: 'giraffe' },
    { what: 'characters of a script without spaces', a: '猫', b: '犬' },
    { what: 'the order of such characters', a: '天地人', b: '人地天' },
  ])('distinguishes $what', ({ a, b }) => {
    const similarity = cosine(a, b);

    expect(similarity).toBeLessThan(0.99);
  });

  test('returns similar vectors for unknown words that share most letters', () => {
    const near = cosine('tokenizations', 'tokenization');
    const far = cosine('tokenizations', 'quasimodo');

    expect(near).toBeGreaterThan(far);
    expect(near).toBeGreaterThan(0.5);
  });

  test.each([{ text: '' }, { text: ' \n\t ' }, { text: '?!... ---' }])(
    'returns zeros for a text without letters: $text',
    ({ text }) => {
      const vector = embedder.embed(text);

      expect(vector.every((value) => value === 0)).toBe(true);
    },
  );

  test('reads only head and tail of a very long text', () => {
    const head = 'the cat sat '.repeat(400);
    const tail = 'new york '.repeat(500);

    const middle = embedder.embed(`${head}${'犬'.repeat(50_000)}${tail}`);
    const other = embedder.embed(`${head}${'猫'.repeat(70_000)}${tail}`);

    expect(middle).toEqual(other);
  });

  test.each([
    { what: 'one letter', letter: 'a' },
    { what: 'spaces', letter: ' ' },
    { what: 'characters without spaces', letter: '漢' },
    { what: 'lone surrogates', letter: '\ud800' },
    { what: 'letters that lengthen in lower case', letter: 'İ' },
    { what: 'combining marks', letter: '\u0301' },
  ])('takes bounded time for a long text of $what', async ({ letter }) => {
    const textOf = (length: number) => `a${letter.repeat(length)}`;
    const sizes = { small: 40_000, large: 1_000_000 };

    const growth = await growthOf(textOf, (text) => embedder.embed(text), sizes);

    expect(embedder.embed(textOf(sizes.large)).every(Number.isFinite)).toBe(true);
    expect(growth).toBeLessThan(5);
  });

  test('has an id derived from its bytes', () => {
    const same = StaticEmbedder.load(tinyTable());
    const other = StaticEmbedder.load(tinyTable({ signSeed: 8 }));

    expect(embedder.id).toMatch(/^static-[0-9a-f]{12}$/);
    expect(same.id).toBe(embedder.id);
    expect(other.id).not.toBe(embedder.id);
  });

  test('rejects an invalid header', () => {
    const load = (): unknown => StaticEmbedder.load(tinyTable({ identityDims: 33 }));

    expect(load).toThrow(ArtefactError);
    expect(load).toThrow(/identityDims/);
  });

  test('rejects tables that do not match the header', () => {
    const load = (): unknown => StaticEmbedder.load(tinyTable({ buckets: 65 }));

    expect(load).toThrow(/expected \d+ f32, found \d+ f32/);
  });
});
