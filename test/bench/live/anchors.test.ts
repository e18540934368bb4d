import path from 'node:path';
import { gradeAnswer } from '../../../src/bench/live/grade.js';
import { readPrompts } from '../../../src/bench/live/prompts.js';
import { ROOT } from '../../support/app.js';
import { RIGHT_ANSWERS } from './right-answers.js';

const prompts = await readPrompts(path.join(ROOT, 'models', 'anchors.jsonl'), 'exact');
const asked = prompts.map((prompt) => ({
  ...prompt,
  text: String(prompt.messages[0]?.['content']),
}));

function rightAnswer(text: string): string | undefined {
  return [...RIGHT_ANSWERS].find(([part]) => text.includes(part))?.[1];
}

describe('anchor prompts', () => {
  test.each(asked)('$id grades a right answer as 1 and a wrong or missing one as 0', (prompt) => {
    const right = rightAnswer(prompt.text);

    expect(right).toBeDefined();
    expect(gradeAnswer(prompt, right ?? '')).toBe(1);
    expect(
      gradeAnswer(prompt, `Let me think.\n\n${right ?? ''} is wrong; the answer is 999.`),
    ).toBe(
      // A name matches anywhere in the answer, so a wrong answer that mentions it counts as right.
      prompt.category === 'facts' && !/\d/u.test(String(right)) ? 1 : 0,
    );
    expect(gradeAnswer(prompt, '')).toBe(0);
    expect(gradeAnswer(prompt, 'I do not know.')).toBe(0);
  });

  test('accept the answers of other prompts in at most six cases', () => {
    const mistaken = asked.flatMap((prompt) =>
      asked.filter((other) => {
        const answer = rightAnswer(other.text) ?? '';
        return other.id !== prompt.id && gradeAnswer(prompt, answer) === 1;
      }),
    );

    expect(mistaken.length).toBeLessThanOrEqual(6);
  });

  test('have six categories with at least six prompts each', () => {
    const counts = new Map<string, number>();
    for (const { category } of prompts) counts.set(category, (counts.get(category) ?? 0) + 1);

    expect([...counts.keys()].sort()).toEqual(
      ['code', 'facts', 'instructions', 'languages', 'logic', 'maths'].sort(),
    );
    expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(6);
  });
});
