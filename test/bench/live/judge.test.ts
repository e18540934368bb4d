import { parseVerdict } from '../../../src/bench/live/judge.js';

test.each([
  { reply: 'B', verdict: 'worse' },
  { reply: 'The first is clearer.\n\n**A**\n', verdict: 'better' },
  {
    reply: 'A has more detail than B, B has an error.\nThe better answer is A.',
    verdict: 'better',
  },
  { reply: 'Neither A nor B is wrong: TIE', verdict: 'tie' },
  { reply: 'Both are fine, I think.', verdict: null },
  { reply: 'I cannot choose between A and B.', verdict: null },
  { reply: 'Answer A is better than answer B.\n---', verdict: null },
])('parseVerdict reads "$reply" as $verdict', ({ reply, verdict }) => {
  expect(parseVerdict(reply, { isFirst: true })).toBe(verdict);
});
