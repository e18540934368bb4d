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

describe('a file of prompts', () => {
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
  ])('names the line that is not in order: $says', async ({ line, says }) => {
    const failure = read([CAPITAL, line]);

    await expect(failure).rejects.toThrow(says);
    await expect(failure).rejects.toThrow(/prompts\.jsonl:2: /u);
  });

  test('may not name two prompts alike', async () => {
    await expect(read([CAPITAL, CAPITAL])).rejects.toThrow(/"fr" appears twice/u);
  });

  test('may not be empty', async () => {
    await expect(read([])).rejects.toThrow(/contains no prompts/u);
  });

  test('tells prompts apart by what is sent, and by nothing else', async () => {
    const [first, same, other] = await read([
      CAPITAL,
      { ...CAPITAL, id: 'same', category: 'x', expected: 'rome' },
      { ...CAPITAL, id: 'other', prompt: 'Capital of Italy?' },
    ]);

    expect(same?.hash).toBe(first?.hash);
    expect(other?.hash).not.toBe(first?.hash);
  });
});
