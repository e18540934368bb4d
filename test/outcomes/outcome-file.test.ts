import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { outcomeFiles, readOutcomeFile } from '../../src/outcomes/outcome-file.js';
import { jsonl } from '../bench/quality/made-up.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-outcomes-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function write(name: string, content: string | Buffer): Promise<string> {
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

const OUTCOMES = { 'a/b': { score: 0.5 } };

describe('outcome file', () => {
  test('is read with defaults for omitted fields', async () => {
    const file = await write('mine.jsonl', jsonl([{ id: 7, prompt: 'Why?', outcomes: OUTCOMES }]));

    const { lines, sha256 } = await readOutcomeFile(file);

    expect(sha256).toMatch(/^[0-9a-f]{64}$/u);
    expect(lines).toEqual([
      {
        id: '7',
        dataset: 'mine',
        category: '',
        text: 'Why?',
        contaminated: false,
        conversation: expect.objectContaining({
          messages: [{ role: 'user', parts: [{ kind: 'text', text: 'Why?' }] }],
        }),
        outcomes: new Map([
          ['a/b', { score: 0.5, inTokens: null, outTokens: null, costUsd: null }],
        ]),
      },
    ]);
  });

  test('can be gzipped, name its dataset and hold conversations with tools', async () => {
    const messages = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Two?' },
      { role: 'assistant', content: 'Three.' },
      { role: 'user', content: 'And four?' },
    ];
    const tools = { name: 'add', description: 'Adds.', parameters: {} };
    const entry = { id: 'x', dataset: 'sums', messages, tools, outcomes: OUTCOMES };
    const file = await write('mine.jsonl.gz', gzipSync(jsonl([entry])));

    const [line] = (await readOutcomeFile(file)).lines;

    expect(line?.dataset).toBe('sums');
    expect(line?.text).toBe('Two?\nAnd four?');
    expect(line?.conversation.tools).toEqual([
      expect.objectContaining({ name: 'add', description: 'Adds.' }),
    ]);
  });

  test('can have a byte order mark and CRLF line ends', async () => {
    const entry = JSON.stringify({ id: 7, prompt: 'Why?', outcomes: OUTCOMES });
    const file = await write('mine.jsonl', `\ufeff${entry}\r\n${entry}\r\n`);

    expect((await readOutcomeFile(file)).lines).toHaveLength(2);
  });

  test.each([
    { fault: 'invalid JSON', line: '{"id":', says: /mine\.jsonl:3: not JSON/u },
    {
      fault: 'a score above 1',
      line: '{"id":1,"prompt":"x","outcomes":{"a":{"score":2}}}',
      says: /mine\.jsonl:3: .*outcomes\.a\.score/su,
    },
    {
      fault: 'no prompt',
      line: '{"id":1,"outcomes":{}}',
      says: /mine\.jsonl:3: .*"prompt" or "messages"/su,
    },
    {
      fault: 'a message that the gateway rejects',
      line: '{"id":1,"messages":[{"role":"wizard","content":"x"}],"outcomes":{}}',
      says: /mine\.jsonl:3: /u,
    },
  ])('with $fault is rejected with the line number', async ({ line, says }) => {
    const good = jsonl([{ id: 1, prompt: 'x', outcomes: OUTCOMES }]);
    const file = await write('mine.jsonl', `${good}\n${line}\n`);

    await expect(readOutcomeFile(file)).rejects.toThrow(says);
  });
});

describe('an outcome file that cannot be read', () => {
  test.each(['gone.jsonl', 'gone.jsonl.gz'])('is reported as missing: %s', async (name) => {
    await expect(readOutcomeFile(path.join(folder, name))).rejects.toThrow(
      `${name}: the file is missing`,
    );
  });

  test.each([
    ['cut', gzipSync(jsonl([{ id: 1, prompt: 'x', outcomes: OUTCOMES }])).subarray(0, -9)],
    ['not compressed', jsonl([{ id: 1, prompt: 'x', outcomes: OUTCOMES }])],
  ])('is reported as broken: %s', async (_what, content) => {
    const file = await write('broken.jsonl.gz', content);

    await expect(readOutcomeFile(file)).rejects.toThrow(/broken\.jsonl\.gz: broken: /u);
  });
});

describe('outcomeFiles', () => {
  test('lists the given files and those in folders, each once', async () => {
    const b = await write('b.jsonl', '');
    const a = await write('a.jsonl.gz', '');
    await write('notes.md', '');

    expect(await outcomeFiles([b, folder])).toEqual([b, a]);
  });

  test.each([
    { path: () => path.join(folder, 'nothing'), says: /no such file or folder/u },
    { path: () => folder, says: /no \.jsonl or \.jsonl\.gz/u },
  ])('rejects a path without outcome files: $says', async ({ path: at, says }) => {
    await expect(outcomeFiles([at()])).rejects.toThrow(says);
  });
});
