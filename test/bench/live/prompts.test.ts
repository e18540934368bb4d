import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readPrompts } from '../../../src/bench/live/prompts.js';
import { jsonl } from '../quality/made-up.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-prompts-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function read(lines: readonly unknown[]) {
  const file = path.join(folder, 'prompts.jsonl');
  await writeFile(file, jsonl(lines));
  return readPrompts(file, 'exact');
}

const CAPITAL = { id: 'fr', prompt: 'Capital of France?', expected: 'paris' };

describe('readPrompts', () => {
  test.each([
    { line: { id: 1, expected: 'x' }, says: /either "prompt" or "messages"/u },
    { line: { id: 1, prompt: 'x' }, says: /"exact" needs "expected"/u },
    {
      line: { id: 1, prompt: 'x', expected: '(', grader: 'regex' },
      says: /not a regular expression/u,
    },
    { line: { id: 1, prompt: 'x', expected: 'y', grader: 'schema' }, says: /a JSON schema/u },
    {
      line: { id: 1, prompt: 'x', expected: { type: 'strng' }, grader: 'schema' },
      says: /"expected" is not a JSON schema that can be checked: Unsupported type: strng/u,
    },
    { line: { id: 1, prompt: 'x', expected: 2, grader: 'judge' }, says: /a reference answer/u },
    { line: { id: 1, promt: 'x' }, says: /promt/u },
  ])('names the faulty line: $says', async ({ line, says }) => {
    const failure = read([CAPITAL, line]);

    await expect(failure).rejects.toThrow(says);
    await expect(failure).rejects.toThrow(/prompts\.jsonl:2: /u);
  });

  test('rejects a duplicate id', async () => {
    await expect(read([CAPITAL, CAPITAL])).rejects.toThrow(/"fr" appears twice/u);
  });

  test('rejects an empty file', async () => {
    await expect(read([])).rejects.toThrow(/contains no prompts/u);
  });

  test('hashes only what is sent to the model', async () => {
    const [first, same, other] = await read([
      CAPITAL,
      { ...CAPITAL, id: 'same', category: 'x', expected: 'rome' },
      { ...CAPITAL, id: 'other', prompt: 'Capital of Italy?' },
    ]);

    expect(same?.hash).toBe(first?.hash);
    expect(other?.hash).not.toBe(first?.hash);
  });
});
