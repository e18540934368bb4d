import { compareAnswers } from '../../../src/cache/semantic/compare-answers.js';
import { wordJudge } from '../../support/word-judge.js';

const { read } = wordJudge();
const vectorOf = (text: string) => read(text).vector;

const LONG =
  'A heap is a tree in which every parent is at least as large as its children, so that the largest ' +
  'value is always found at the root; it has 3 common operations.';

test.each([
  { one: 'Paris.', other: '**paris**', is: 'same' },
  { one: 'Paris', other: 'The capital of France is Paris.', is: 'same' },
  { one: 'Paris', other: 'The capital of France is Lyon.', is: 'different' },
  { one: 'It is 42.', other: 'It is 43.', is: 'different' },
  { one: 'It is 1,000.', other: 'it is 1000', is: 'same' },
  { one: 'Yes, it does.', other: 'No, it does not.', is: 'different' },
  { one: 'Rather a stack', other: 'A stack of plates in a kitchen', is: 'unclear' },
  { one: '', other: 'Something.', is: 'different' },
  { one: LONG, other: LONG.replace('A heap is', 'Heaps are, in short,'), is: 'same' },
  { one: LONG, other: LONG.replace('3', '5'), is: 'unclear' },
  {
    one: LONG,
    other:
      'Stir flour, butter and sugar until smooth, then bake the dough for half an hour while you wash up the bowls and spoons.',
    is: 'different',
  },
])('"$one" and "$other" are $is', ({ one, other, is }) => {
  expect(compareAnswers(one, other, vectorOf)).toBe(is);
  expect(compareAnswers(other, one, vectorOf)).toBe(is);
});

test('the result is unclear without vectors', () => {
  expect(compareAnswers(LONG, `${LONG} More of it.`, () => null)).toBe('unclear');
});
