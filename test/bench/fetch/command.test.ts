import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { fetchCommand } from '../../../src/bench/fetch/command.js';
import { UsageError } from '../../../src/cli/io.js';
import { readOutcomeFile } from '../../../src/outcomes/outcome-file.js';

let folder: string;
let server: Server;
let files: Map<string, string | Buffer>;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-fetch-'));
  files = new Map();
  server = createServer((request, response) => {
    const body = files.get(request.url ?? '');
    if (body === undefined) response.writeHead(404).end();
    else if (body === 'cut') {
      response.writeHead(200, { 'content-length': 9 }).write('half', () => response.destroy());
    } else response.writeHead(200).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});

const url = (name: string): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;
const out = (): string => path.join(folder, 'data', 'outcomes');

async function run(...args: readonly string[]): Promise<{ out: string; err: string }> {
  const said = { out: '', err: '' };
  await fetchCommand([...args, '--out', out()], {
    io: {
      out: (text) => (said.out += text),
      err: (text) => (said.err += text),
      env: {},
      readStdin: () => Promise.resolve(''),
    },
  });
  return said;
}

const CSV = [
  'prompt,mistralai/Mixtral-8x7B-Instruct-v0.1,gpt-4-1106-preview,gpt-4-1106-preview_response',
  '"Two, or ""three""?\nA. two",True,False,abcdefgh',
  'Plain,False,True,"x"',
  '',
].join('\r\n');

describe('suffice bench fetch', () => {
  test('lists the available sets with licence and checksums when called without arguments', async () => {
    const { out: text } = await run();

    expect(text).toMatch(/^routellm_gsm8k\n {2}1,319 .*\n {2}licence: Apache-2\.0/u);
    expect(text).toContain('SHA-256 pinned for 57 of 57 files');
    expect(text).toContain('not pinned; recorded on the first fetch');
  });

  test("parses RouteLLM's CSV with quotes and line breaks, and estimates tokens from the response length", async () => {
    files.set('/mine.csv', CSV);

    const { out: text, err } = await run('mine', '--from', url('mine.csv'), '--format', 'routellm');

    expect(text).toBe(`${path.join(out(), 'mine.jsonl')}: 2 prompts\n`);
    expect(err).toContain(createHash('sha256').update(CSV).digest('hex'));
    const { lines } = await readOutcomeFile(path.join(out(), 'mine.jsonl'));
    expect(lines.map(({ text: prompt }) => prompt)).toEqual(['Two, or "three"?\nA. two', 'Plain']);
    expect(lines[0]?.outcomes).toEqual(
      new Map([
        [
          'mistralai/mixtral-8x7b-instruct-v0.1',
          { score: 1, inTokens: null, outTokens: null, costUsd: null },
        ],
        ['openai/gpt-4-1106-preview', { score: 0, inTokens: 6, outTokens: 2, costUsd: null }],
      ]),
    );
  });

  test("parses RouterBench's CSV with its costs", async () => {
    const csv = [
      'sample_id,prompt,eval_name,claude-v2,claude-v2|model_response,claude-v2|total_cost',
      `mbpp.1,"['It\\'s a\\nlist']",mbpp.dev,0.5,abcd,0.002`,
    ].join('\n');
    await writeFile(path.join(folder, 'rb.csv'), csv);

    await run('routerbench', '--from', path.join(folder, 'rb.csv'));

    const { lines } = await readOutcomeFile(path.join(out(), 'routerbench.jsonl'));
    expect(lines).toEqual([
      expect.objectContaining({
        id: 'mbpp.1',
        dataset: 'routerbench',
        category: 'mbpp',
        text: "It's a\nlist",
        outcomes: new Map([
          ['anthropic/claude-2', { score: 0.5, inTokens: null, outTokens: 1, costUsd: 0.002 }],
        ]),
      }),
    ]);
  });

  test('reads gzipped JSON Lines in the outcome format', async () => {
    const line = JSON.stringify({ id: 1, prompt: 'Why?', outcomes: { 'a/b': { score: 1 } } });
    files.set('/own.jsonl.gz', gzipSync(`${line}\n`));

    const { out: text } = await run('own', '--from', url('own.jsonl.gz'), '--format', 'jsonl');

    expect(text).toContain('1 prompts');
  });

  test('refuses a file whose SHA-256 differs from the published one, unless --accept is given', async () => {
    files.set('/contaminated_prompts.jsonl', '{"eval_prompt":"Plain"}\n');
    files.set('/gsm8k_responses.csv', CSV);
    const fetching = (...more: string[]) => run('routellm_gsm8k', '--from', url(''), ...more);

    await expect(fetching()).rejects.toThrow(
      /SHA-256 is [0-9a-f]{64}, but 1f5a7be0.* is published/u,
    );
    await fetching('--accept');

    const { lines } = await readOutcomeFile(path.join(out(), 'routellm_gsm8k.jsonl'));
    expect(lines.map(({ contaminated }) => contaminated)).toEqual([false, true]);
  });

  test('refuses a file that differs from the one recorded at the first fetch', async () => {
    const fetching = () => run('mine', '--from', url('mine.csv'), '--format', 'routellm');
    files.set('/mine.csv', CSV);
    await fetching();
    files.set('/mine.csv', CSV.replace('Plain', 'Other'));

    await expect(fetching()).rejects.toThrow(/was recorded on the first fetch/u);
    expect(await readFile(path.join(out(), 'mine.jsonl'), 'utf8')).toContain('Plain');
  });

  test.each([
    { fault: 'is not found', body: null, says: /the server answered 404/u },
    { fault: 'is interrupted', body: 'cut', says: /cannot be fetched/u },
    {
      fault: 'has a record with too few cells',
      body: 'prompt,m\nx\n',
      says: /mine\.csv:2: 1 cells/u,
    },
    { fault: 'has an invalid grade', body: 'prompt,m\nx,maybe\n', says: /neither True nor/u },
    { fault: 'has no prompts', body: 'm\nTrue\n', says: /no column "prompt"/u },
    { fault: 'has a stray quote', body: 'prompt,m\n"x"y,True\n', says: /misplaced quote/u },
  ])('leaves no file behind when a download $fault', async ({ body, says }) => {
    if (body !== null) files.set('/mine.csv', body);

    await expect(run('mine', '--from', url('mine.csv'), '--format', 'routellm')).rejects.toThrow(
      says,
    );
    expect(await readdir(out())).toEqual([]);
  });

  test.each([
    {
      fault: 'no cost column',
      csv: 'sample_id,prompt,eval_name,m\n1,x,e,1\n',
      says: /no column ends in/u,
    },
    { fault: 'a column missing', csv: 'prompt,m|total_cost\nx,1\n', says: /a column is missing/u },
    {
      fault: 'a score that is not a number',
      csv: 'sample_id,prompt,eval_name,m,m|total_cost\n1,x,e,,0.1\n',
      says: /record 1: "m" is not a number/u,
    },
  ])('refuses a RouterBench table with $fault', async ({ csv, says }) => {
    files.set('/rb.csv', csv);

    await expect(run('routerbench', '--from', url('rb.csv'))).rejects.toThrow(says);
  });

  test.each([
    { name: 'own.jsonl', body: '[1]\n', says: /own\.jsonl:1: not an object/u },
    { name: 'own.jsonl', body: 'x\n', says: /own\.jsonl:1: not JSON/u },
    { name: 'own.jsonl.gz', body: 'plain', says: /not gzip/u },
  ])('refuses $body as $name', async ({ name, body, says }) => {
    files.set(`/${name}`, body);

    await expect(run('own', '--from', url(name), '--format', 'jsonl')).rejects.toThrow(says);
  });

  test('refuses an invalid hash record', async () => {
    files.set('/mine.csv', CSV);
    await mkdir(out(), { recursive: true });
    await writeFile(path.join(folder, 'data', 'fetch.lock.json'), '{"x":1}');

    await expect(run('mine', '--from', url('mine.csv'), '--format', 'routellm')).rejects.toThrow(
      /fetch\.lock\.json: not a record of hashes/u,
    );
  });

  test('leaves no file behind when a line is not a valid outcome', async () => {
    files.set('/own.jsonl', '{"id":1}\n');

    await expect(run('own', '--from', url('own.jsonl'), '--format', 'jsonl')).rejects.toThrow(
      /own\.jsonl\.part:1: /u,
    );
    expect(await readdir(out())).toEqual([]);
  });

  test.each([
    { args: ['routelm_gsm8k'], says: /did you mean "routellm_gsm8k"/u },
    { args: ['--from', 'x'], says: /one set/u },
    { args: ['a', 'b', '--from', 'x'], says: /one set/u },
    {
      args: ['a', '--format', 'xml', '--from', 'x'],
      says: /must be one of routellm, routerbench, jsonl/u,
    },
    { args: ['a', '--format', 'jsonl'], says: /requires --from/u },
    { args: ['../a', '--format', 'jsonl', '--from', 'x'], says: /cannot be used as a file name/u },
    { args: ['routellm_mmlu', '--from', 'x.csv'], says: /57 files/u },
  ])('rejects $args as a usage error', async ({ args, says }) => {
    const failure = run(...args);

    await expect(failure).rejects.toThrow(says);
    await expect(failure).rejects.toBeInstanceOf(UsageError);
  });

  test('explains how to obtain a set that cannot be fetched directly', async () => {
    await expect(run('routerbench')).rejects.toThrow(/pickle[\s\S]*--from routerbench\.csv/u);
  });
});
