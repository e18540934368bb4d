import { relationOf } from '../../../src/cache/verify/lexicon.js';
import { lexiconOf } from '../../support/lexicon.js';

const LEXICON = lexiconOf({
  tap: { senses: [1, 2], senseCount: 4 },
  faucet: { senses: [1] },
  strike: { senses: [2], senseCount: 10 },
  lemon: { kinds: ['citrus fruit'] },
  orange: { kinds: ['citrus fruit', 'color'] },
  color: {},
  mouse: { senses: [7] },
  stop: { senses: [8] },
  big: { senses: [9] },
  teach: { senses: [10] },
  teacher: { kinds: ['person'] },
});
const relation = (a: string, b: string) => {
  const [x, y] = [LEXICON.find(a), LEXICON.find(b)];
  expect(relationOf(x, y)).toEqual(relationOf(y, x));
  return relationOf(x, y);
};

test('words of one sense are synonyms, to a degree that falls with the number of other senses', () => {
  expect(relation('tap', 'faucet').synonym).toBe(1);
  expect(relation('taps', 'faucets').synonym).toBe(1);
  expect(relation('tap', 'strike').synonym).toBe(0.25);
  expect(relation('faucet', 'strike')).toEqual({ synonym: 0, isKind: false, areSisters: false });
});

test('words of one kind are sisters, not synonyms', () => {
  expect(relation('lemons', 'orange')).toEqual({ synonym: 0, isKind: false, areSisters: true });
  expect(relation('orange', 'color')).toEqual({ synonym: 0, isKind: true, areSisters: false });
});

test.each([
  ['mice', 'mouse'],
  ['stopping', 'stops'],
  ['bigger', 'biggest'],
])('%s and %s are inflections of one word', (a, b) => {
  expect(relation(a, b).synonym).toBe(1);
});

test('a word with its own entry is not a comparative of another', () => {
  expect(relation('teacher', 'teach').synonym).toBe(0);
});

test('words without an entry have no relations', () => {
  expect(relation('qwertz', 'asdf')).toEqual({ synonym: 0, isKind: false, areSisters: false });
  expect(relationOf(lexiconOf().find('tap'), LEXICON.find('tap')).synonym).toBe(0);
});
