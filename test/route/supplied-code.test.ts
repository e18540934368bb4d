import { readFeatures } from '../../src/route/features.js';
import { readSuppliedCode } from '../../src/route/supplied-code.js';
import { conversation, message } from '../support/conversations.js';
import { growthOf } from '../support/growth.js';

const CODE = `export function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) {
    total += value;
  }
  return total;
}
`.repeat(4);
const FENCED = `\`\`\`ts\n${CODE}\`\`\``;
const DIFF = `diff --git a/src/sum.ts b/src/sum.ts
index 83db48f..bf269f4 100644
--- a/src/sum.ts
+++ b/src/sum.ts
@@ -1,4 +1,4 @@
-export function sum(values) {
+export function sum(values: readonly number[]): number {
   let total = 0;
`;
const LOG = Array.from(
  { length: 12 },
  (_, i) => `2026-11-23T10:${10 + i}:12Z ERROR request ${4000 + i} failed: ECONNREFUSED`,
).join('\n');
const JSON_DATA = JSON.stringify(
  { name: 'x', tags: ['a', 'b'], nested: { deep: [1, 2, 3] } },
  null,
  2,
);

test.each([
  ['Write unit tests for this function.\n\n', FENCED, ''],
  ['', FENCED, '\n\nPlease write jest tests for the code above.'],
  ['Refactor this to be more readable:\n\n', FENCED, ''],
  ['Add type hints and docstrings.\n\n', FENCED, ''],
  ['Convert this TypeScript code to Python:\n', CODE, ''],
  ['Explain what this does.\n', CODE, ''],
  ['Here is src/sum.ts:\n', FENCED, '\nIt throws when the list is empty. Fix it.'],
  ['Is there a nicer way to write that in TypeScript?\n', FENCED, ''],
  ['Erkläre diesen Code:\n', FENCED, ''],
  ['Corrige ce code :\n', CODE, ''],
  ['Объясни этот код:\n', FENCED, ''],
  ['重构这段代码：\n', FENCED, ''],
  ['Write a commit message for this diff:\n\n', DIFF, ''],
  ['Find the root cause:\n\n', LOG, ''],
  ['Convert this JSON to YAML:\n\n', JSON_DATA, ''],
])('readSuppliedCode separates the code from the instruction %j', (before, given, after) => {
  const found = readSuppliedCode(before + given + after);

  expect(found?.task).toBe(`${before.trim()}\n${after.trim()}`.trim());
  expect(found?.chars).toBeGreaterThan(0.9 * given.length);
});

test.each([
  ['code whose output is asked', `What does this print?\n\n${FENCED}`],
  ['code to complete', `Complete the function:\n\n${FENCED}`],
  ['a request for a program', `Write a function that passes these tests.\n\n${FENCED}`],
  ['code alone', FENCED],
  ['a long problem statement', `${'The sum of a list is odd. '.repeat(30)}Fix it.\n${FENCED}`],
  [
    'a puzzle in a fence',
    'Black to play. Find the key move.\n\n```\n  A B C D\n4 . X . .\n3 O . X .\n2 . . O .\n1 . . . .\n\n\n```',
  ],
  [
    'formulas',
    'Find the derivative of f(x).\n2*x**3 + 4*x**2 - 7*x\n- 9*x*sin(x) + 12*(x + 1)\n+ 18*x - 4',
  ],
  [
    'prose',
    'Please improve this: the harbour was closed in 1964, when the last boat was sold to a yard.',
  ],
  ['a line of code', 'Explain this: x = [i for i in y]'],
  ['an empty turn', ''],
])('readSuppliedCode finds no supplied code in %s', (_, turn) => {
  expect(readSuppliedCode(turn)).toBeNull();
});

test('readSuppliedCode accepts an instruction in the system prompt for code that is sent alone', () => {
  expect(readSuppliedCode(FENCED, 'You review code.')).toMatchObject({ task: '' });
  expect(readSuppliedCode(FENCED, 'You are a helpful assistant.')).toBeNull();
});

test.each([
  ['Refactor this:\n', true],
  ['Write unit tests for this:\n', true],
  ['Please add logging to this:\n', true],
  ['Review this:\n', false],
  ['Why is this so slow?\n', false],
])('readSuppliedCode marks %j as rewriting the code: %p', (before, isGivenBack) => {
  expect(readSuppliedCode(before + FENCED)).toMatchObject({ isRewritten: isGivenBack });
});

describe('features of a request about code', () => {
  test('measure the instruction without the code, and report the length of the code', () => {
    const bare = readFeatures(conversation(message('user', 'Write unit tests for this.')));

    const asked = readFeatures(
      conversation(message('user', `Write unit tests for this.\n\n${FENCED}`)),
    );

    expect(asked.task).toBe(bare.task);
    expect(asked.text).toContain('total += value');
    expect(asked.code).toBeGreaterThan(0.5);
    expect(asked.materialChars).toBe(FENCED.length);
    expect(asked.askedLength?.minTokens).toBeGreaterThan(50);
  });

  test('keep the instruction of the earlier turn that contained the code', () => {
    const { task, text } = readFeatures(
      conversation(
        message('user', `Explain this.\n\n${FENCED}`),
        message('assistant', 'It sums the values.'),
        message('user', 'Now make it faster.'),
      ),
    );

    expect(task).toBe('Explain this.\n\nNow make it faster.');
    expect(text).toContain('let total');
  });
});

test.each(['```', 'x;\n', '"a": ', '  at f (', '/* ', 'add ', 'write \n', '-'.repeat(50)])(
  'readSuppliedCode takes linear time for repeated %j',
  async (unit) => {
    const turnOf = (length: number) => `Fix this:\n${unit.repeat(Math.ceil(length / unit.length))}`;
    const sizes = { small: 50_000, large: 1_000_000 };

    expect(await growthOf(turnOf, readSuppliedCode, sizes)).toBeLessThan(120);
  },
);
