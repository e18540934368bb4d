import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CallError,
  type ModelAnswer,
  type ModelRequest,
} from '../../../src/bench/live/gateway-client.js';
import { Journal } from '../../../src/bench/live/journal.js';
import { LiveRun, type LiveResult } from '../../../src/bench/live/live-run.js';
import { readPrompts } from '../../../src/bench/live/prompts.js';
import { jsonl } from '../quality/made-up.js';

let folder: string;
let asked: ModelRequest[];
/** The answer of a model; each costs $0.001. */
let say: (ask: ModelRequest) => string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-journal-'));
  asked = [];
  say = ({ model }) => `Paris, says ${model}`;
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const file = (): string => path.join(folder, 'o.jsonl.journal');

/** A run as in a new process: it knows earlier runs only from the journal file. */
async function run(
  budgetUsd: number,
  grader: 'exact' | 'judge' = 'exact',
): Promise<LiveResult & { readonly spentUsd: number; readonly beforeUsd: number }> {
  const prompts = path.join(folder, 'prompts.jsonl');
  writeFileSync(prompts, jsonl([{ id: 'fr', prompt: 'Capital of France?', expected: 'Paris' }]));
  const journal = new Journal(file());
  const beforeUsd = journal.spentUsd;
  // At most about $0.0103 a call.
  const rate = { input: 1, output: 10 };
  const live = new LiveRun({
    gateway: { ask: answer },
    journal,
    budgetUsd,
    rates: new Map(['a/weak', 'a/strong', 'j/judge'].map((model) => [model, rate])),
    models: ['a/weak', 'a/strong'],
    reference: 'a/strong',
    judge: grader === 'judge' ? { model: 'j/judge', rubric: 'Be right.', maxTokens: 1024 } : null,
    maxTokens: 1024,
    concurrency: 1,
    onProgress: () => undefined,
  });
  const result = await live.run(await readPrompts(prompts, grader));
  return { ...result, beforeUsd, spentUsd: journal.spentUsd };
}

function answer(ask: ModelRequest): Promise<ModelAnswer> {
  asked.push(ask);
  const answer = { text: say(ask), inTokens: 10, outTokens: 5, costUsd: 0.001, isCut: false };
  return Promise.resolve(answer);
}

describe('Journal: recorded spending', () => {
  test('includes calls with invalid verdicts, and a judge is retried at most twice', async () => {
    say = ({ model }) => (model === 'j/judge' ? 'Both are fine.' : `Paris, says ${model}`);

    const first = await run(1, 'judge');
    const tight = await run(0.015, 'judge');
    const callsOfTwo = asked.length;
    await run(1, 'judge');
    await run(1, 'judge');
    const last = await run(1, 'judge');

    // Two answers and four comparisons.
    expect(first.spentUsd).toBeCloseTo(0.006, 9);
    expect(tight).toMatchObject({ unpaid: 4 });
    expect(tight.beforeUsd).toBeCloseTo(0.006, 9);
    expect(callsOfTwo).toBe(6);
    expect(asked).toHaveLength(14);
    expect(last.spentUsd).toBeCloseTo(0.014, 9);
    expect([...last.failures]).toEqual([
      [expect.stringContaining('j/judge: the judge is not called again'), 4],
    ]);
  });

  test('counts an interrupted call at its maximum cost', async () => {
    let left = '';
    say = ({ model }) => {
      // The journal of a process that is killed during the first call.
      if (model === 'a/weak') left = readFileSync(file(), 'utf8');
      return 'Paris';
    };
    await run(1);
    writeFileSync(file(), left);
    asked.length = 0;

    const second = await run(0.022);

    expect(second.beforeUsd).toBeGreaterThan(0.0102);
    // The budget allows one more call at its maximum; as it costs less, a second one fits too.
    expect(asked.map(({ model }) => model)).toEqual(['a/weak', 'a/strong']);
    expect(second.spentUsd).toBeCloseTo(second.beforeUsd + 0.002, 9);
    expect((await run(0.022)).spentUsd).toBeCloseTo(second.spentUsd, 9);
  });

  test('counts failed calls that may have been billed at their maximum cost, also in later runs', async () => {
    say = ({ model }) => {
      throw new CallError('cut', { mayHaveCost: model === 'a/weak' });
    };

    const first = await run(1);
    const second = await run(0.015);

    expect(first.spentUsd).toBeGreaterThan(0.0102);
    expect(first.spentUsd).toBeLessThan(0.011);
    expect(second).toMatchObject({ beforeUsd: first.spentUsd, unpaid: 2 });
    expect(asked).toHaveLength(2);
  });

  test('is read from journals without call entries', async () => {
    await run(1);
    const old = readFileSync(file(), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ kind }) => kind !== 'call')
      .map(({ call: _call, ...entry }) => entry);
    writeFileSync(file(), jsonl(old));

    expect((await run(1)).beforeUsd).toBeCloseTo(0.002, 9);
    expect(asked).toHaveLength(2);
  });
});
