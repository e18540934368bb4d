import { judgeCommand } from '../../src/cli/cache-judge.js';
import { SHIPPED } from '../support/app.js';

async function judged(lines: readonly object[], ...args: string[]) {
  let text = '';
  const io = {
    out: (chunk: string) => (text += chunk),
    err: () => undefined,
    env: {},
    readStdin: () => Promise.resolve(lines.map((line) => JSON.stringify(line)).join('\n')),
  };
  const code = await judgeCommand(args, { io, shipped: SHIPPED });
  return { code, text };
}

test('suffice cache judge judges pairs in order, with the veto that prevents a hit', async () => {
  const pairs = [
    { id: 'same', a: 'How do I reverse a list?', b: 'How do I reverse a list?' },
    { id: 2, a: 'How do I reverse a list?', b: 'Hi, how can I reverse a list please?' },
    { id: 3, a: 'How do I reverse a list?', b: 'Who invented the bicycle?' },
    { id: 'not', a: 'How do I delete it?', b: 'How do I not delete it?' },
    { id: 'now', a: 'What is the weather now?', b: 'What is the weather now?' },
  ];

  const { code, text } = await judged(pairs, '--batch', '-');

  const answers = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(code).toBe(0);
  expect(answers).toMatchObject([
    { id: 'same', probability: 1, veto: null, hit: true },
    { id: 2, veto: null },
    { id: 3, veto: null, hit: false },
    { id: 'not', veto: 'negation', hit: false },
    { id: 'now', probability: 1, veto: 'time', hit: false },
  ]);
  expect(answers[0]?.['similarity']).toBeCloseTo(1, 5);
  expect(answers[1]?.['probability']).toBeGreaterThan(0.9);
  expect(answers[2]?.['probability']).toBeLessThan(0.6);
});

test.each([
  [[], /--batch FILE is missing/u],
  [['--batch', '-', '--max-error', '2'], /share/u],
  [['--batch', '-', '--max-error', ''], /share/u],
])('suffice cache judge rejects %j', async (args, message) => {
  await expect(judged([], ...args)).rejects.toThrow(message);
});

test('suffice cache judge prints help', async () => {
  expect((await judged([], '--help')).text).toMatch(/^Usage: suffice cache judge/u);
});
