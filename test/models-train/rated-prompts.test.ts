import { mkdtemp, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  forEachDemand,
  forEachPrediction,
  logOddsOf,
  memoryOf,
} from '../../models/train/predictor/ensemble.js';
import type { Ensemble } from '../../models/train/predictor/ensemble.js';
import type { OutcomeTable } from '../../models/train/predictor/outcome-table.js';
import { asConversation } from '../../models/train/predictor/outcomes.js';
import {
  promptId,
  RATED_MODELS,
  RATED_SET,
  readRatedPrompts,
  readRatings,
} from '../../models/train/predictor/rated/rated-prompts.js';
import {
  calibrated,
  calibrateRatings,
  isCheckable,
} from '../../models/train/predictor/rated/rating-calibration.js';
import { reportRatedPredictions } from '../../models/train/predictor/rated/rating-report.js';
import { startProgress } from '../../models/train/progress.js';
import { INPUTS, plantedTable, ROWS, trained } from './planted-table.js';

const EASY = [0.97, 0.9] as const;
/** Rows of a kind that is never graded: half of them are rated, the others are held out. */
const RATED = Array.from({ length: ROWS / 4 }, (_, i) => ROWS / 2 + i);
const HELD_OUT = Array.from({ length: ROWS / 4 }, (_, i) => (3 * ROWS) / 4 + i);

/** In the second half, every third input is high and all prompts are rated as easy for both models. */
function withRatedHalf(): OutcomeTable {
  const table = plantedTable();
  const prompts = table.prompts.map((prompt, row) =>
    row < ROWS / 2 ? prompt : { ...prompt, set: RATED_SET },
  );
  for (let row = ROWS / 2; row < ROWS; row++) {
    table.inputs[row * INPUTS + 2] = 4;
    table.score.set(EASY, 2 * row);
  }
  return { ...table, prompts };
}

function meanLogOdds(ensemble: Ensemble, table: OutcomeTable, model: number): number {
  let sum = 0;
  forEachDemand(ensemble, table, HELD_OUT, (demand) => {
    sum += logOddsOf(ensemble, demand, model) / HELD_OUT.length;
  });
  return sum;
}

describe('training with rated prompts', () => {
  const table = withRatedHalf();
  const [without, with_] = [trained(table), trained(table, RATED)];

  test('expects more success on prompts of a kind that was rated as easy but never graded', () => {
    const mean = (ensemble: Ensemble): number =>
      (meanLogOdds(ensemble, table, 0) + meanLogOdds(ensemble, table, 1)) / 2;

    expect(mean(with_)).toBeGreaterThan(1.3);
    expect(mean(with_)).toBeGreaterThan(mean(without) + 1.3);
  });

  test('leaves the abilities of the rated models to their grades', () => {
    const gap = ({ abilities }: Ensemble): number =>
      (abilities[0] ?? 0) - (abilities[abilities.length / 2] ?? 0);

    expect(Math.abs(gap(with_) - gap(without))).toBeLessThan(0.3);
  });

  test('remembers ratings as evidence of the prompt, not of a model', () => {
    const { tables } = memoryOf(with_, table);

    const ofNoModel = tables.answerModels.filter((model) => model < 0).length;

    expect(ofNoModel).toBe(2 * RATED.length);
    const asked: number[] = [];
    forEachPrediction(with_, table, HELD_OUT.slice(0, 5), (_row, logOdds) => {
      asked.push(logOdds(0));
    });
    expect(asked.every((value) => Number.isFinite(value))).toBe(true);
  });

  test('prints how predictions compare with ratings that were held out', () => {
    const lines: string[] = [];
    const progress = startProgress((line) => lines.push(line));

    reportRatedPredictions(with_, table, { rated: HELD_OUT, foreign: [] }, progress);

    expect(lines.join('')).toMatch(/512 answers, mean 0\.\d\d and 0\.9[34], correlation/u);
  });
});

describe('rated prompts', () => {
  const TEXT = 'What is the boiling point of gallium?';
  const GRADED = 'Name a noble gas.';
  const rating = [0.5, 0.8, 0.9] as const;

  async function folder(...texts: readonly string[]): Promise<string> {
    const made = await mkdtemp(path.join(tmpdir(), 'suffice-rated-'));
    await mkdir(path.join(made, 'text'));
    const lines = texts.map((text) => `${JSON.stringify({ text, source: 's' })}\n`).join('');
    await writeFile(path.join(made, 'text', 'prompts.jsonl.gz'), gzipSync(lines));
    return made;
  }

  test('are found by their id in the data folder, each once, without those that have grades', async () => {
    const ratings = new Map([TEXT, GRADED].map((text) => [promptId(text), [...rating] as never]));
    const graded = {
      set: RATED_SET,
      task: 't',
      part: 'test',
      prompt: GRADED,
      conversation: asConversation({ prompt: GRADED }),
      contaminated: false,
      outcomes: [],
    } as const;
    const data = await folder(TEXT, GRADED, TEXT.toLowerCase(), 'An unrated text.');

    const found = await readRatedPrompts(data, ratings, [graded]);

    const prompts = found.map(({ prompt }) => prompt);
    expect(prompts.filter((prompt) => prompt === TEXT)).toHaveLength(1);
    expect(prompts).not.toContain(GRADED);
    expect(prompts).not.toContain('An unrated text.');
    expect(found.find(({ prompt }) => prompt === TEXT)?.outcomes).toEqual(
      RATED_MODELS.map((model, i) => ({ model, score: rating[i], outTokens: null })),
    );
  });

  test('that were written for training need no data folder', async () => {
    const found = await readRatedPrompts('/nowhere', new Map(), []);

    expect(found.length).toBeGreaterThan(500);
    expect(new Set(found.map(({ prompt }) => promptId(prompt))).size).toBe(found.length);
  });

  test('are rejected with file and line if a rating is not a probability', async () => {
    const file = path.join(await folder(), 'ratings.jsonl');
    await writeFile(file, '{"id": "00", "success": [0.5, 0.5, 1.5]}\n');

    await expect(readRatings(file)).rejects.toThrow(/ratings\.jsonl:1/u);
  });
});

describe('calibration of ratings', () => {
  const question = (n: number): string =>
    `Which gas fills tube ${n}?\nA. Neon\nB. Argon\nC. Xenon\nD. Radon\nAnswer with one letter.`;
  const prompt = (text: string, score: number) =>
    ({
      set: RATED_SET,
      task: 't',
      part: 'train',
      prompt: text,
      conversation: asConversation({ prompt: text }),
      contaminated: false,
      outcomes: RATED_MODELS.map((model) => ({ model, score, outTokens: null })),
    }) as const;
  /** Rated 0.9 and 0.6; grades show 0.75 and 0.25. */
  const graded = Array.from({ length: 80 }, (_, n) => {
    const isEasy = n % 2 === 0;
    const good = isEasy ? n % 8 !== 0 : n % 8 === 1;
    return prompt(question(n), good ? 1 : 0);
  });
  const ratings = new Map(
    graded.map(({ prompt: text }, n) => {
      const success = n % 2 === 0 ? 0.9 : 0.6;
      return [promptId(text), [success, success, success] as [number, number, number]];
    }),
  );
  const line = calibrateRatings(graded, ratings);

  test('lowers ratings of exam questions to what grades show', () => {
    const scores = calibrated(prompt(question(1000), 0.9), line).outcomes.map(({ score }) => score);

    expect(scores).toHaveLength(3);
    for (const score of scores) expect(score).toBeCloseTo(0.75, 1);
  });

  test('leaves ratings of open requests as they are', () => {
    const open = prompt('Write a birthday message for my grandmother.', 0.9);

    expect(calibrated(open, line)).toBe(open);
  });

  test.each([
    [question(1), true],
    ['Solve $x^2 + 3x = 10$ and $\\frac{a}{b} = 2$ for x.', true],
    ['```python\ndef f(a):\n    return a + 1\n```\nWhat does f(2) return?', true],
    ['Suggest a name for my bakery.', false],
  ])('tells checkable prompts from open ones: %j', (text, expected) => {
    expect(isCheckable(prompt(text, 0.5))).toBe(expected);
  });
});
