import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { embedCommand } from '../../src/cli/embed.js';
import { Encoder, type EncoderOptions } from '../../src/embed/encoder/encoder.js';
import { StaticEmbedder } from '../../src/embed/static-embedder.js';
import { compiledProcess } from '../embed/encoder/compiled-process.js';
import { TINY_DIMS, writeTinyEncoder } from '../embed/encoder/tiny-encoder.js';
import { tinyTable } from '../embed/tiny-table.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-embed-'));
  await writeFile(path.join(folder, 'embedder.bin'), tinyTable());
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function run(
  args: readonly string[],
  stdin = '',
  openEncoder?: (source: string, options: EncoderOptions) => Promise<Encoder>,
) {
  let out = '';
  let err = '';
  const io = {
    out: (text: string) => void (out += text),
    err: (text: string) => void (err += text),
    env: {},
    readStdin: () => Promise.resolve(stdin),
  };
  const code = await embedCommand(args, {
    io,
    shipped: { artefacts: folder },
    ...(openEncoder === undefined ? {} : { openEncoder }),
  });
  return { code, out, err };
}

interface Line {
  readonly id: string | number | null;
  readonly vector?: readonly number[];
  readonly error?: { readonly code: string; readonly message: string };
}

const linesOf = (out: string): readonly Line[] =>
  out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);

const jsonl = (...lines: readonly unknown[]) =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');

describe('suffice embed --batch', () => {
  it('writes the vector of each text, in the order of the lines', async () => {
    const texts = ['How do I sort a list?', 'the cat sat', 'the same text', 'the same text'];
    const file = path.join(folder, 'in.jsonl');
    await writeFile(file, jsonl(...texts.map((text, id) => ({ id, text }))));

    const { code, out, err } = await run(['--batch', file]);

    const embedder = StaticEmbedder.load(tinyTable());
    expect({ code, err, ids: linesOf(out).map(({ id }) => id) }).toEqual({
      code: 0,
      err: '',
      ids: [0, 1, 2, 3],
    });
    texts.forEach((text, i) => {
      const expected = embedder.embed(text);
      const vector = linesOf(out)[i]?.vector ?? [];
      expect(vector).toHaveLength(embedder.dims);
      const distances = vector.map((value, k) => Math.abs(value - (expected[k] ?? 0)));
      expect(Math.max(...distances)).toBeLessThan(1e-7);
    });
  });

  it('reads standard input when the file is "-"', async () => {
    const { code, out } = await run(['--batch', '-'], jsonl({ id: 'a', text: 'hello' }));

    expect({ code, id: linesOf(out)[0]?.id }).toEqual({ code: 0, id: 'a' });
  });

  it('reports a faulty line by number and in its place, and answers the rest', async () => {
    const input = jsonl(
      { id: 1, text: 'fine' },
      'not json',
      '',
      { id: 'x' },
      { id: 2, text: 'too' },
    );

    const { code, out, err } = await run(['--batch', '-'], input);

    expect(code).toBe(1);
    expect(err).toMatch(/^-:2: .*\n-:4: .*text/su);
    expect(linesOf(out).map(({ id, error }) => [id, error?.code ?? 'ok'])).toEqual([
      [1, 'ok'],
      [null, 'invalid_json'],
      ['x', 'invalid_request'],
      [2, 'ok'],
    ]);
  });

  it('writes a zero vector for a text without letters or digits', async () => {
    const { code, out } = await run(['--batch', '-'], jsonl({ id: 1, text: '… !?' }));

    expect(code).toBe(0);
    expect(new Set(linesOf(out)[0]?.vector)).toEqual(new Set([0]));
  });

  it('writes nothing for empty input', async () => {
    expect(await run(['--batch', '-'])).toEqual({ code: 0, out: '', err: '' });
  });

  it('uses the encoder given with --embedder', async () => {
    const compiled = await compiledProcess();
    const at = path.join(folder, 'tiny');
    await writeTinyEncoder(at);
    const { processFile } = compiled;
    const open = (source: string, options: EncoderOptions) =>
      Encoder.open(source, { ...options, processFile });
    const input = jsonl(...Array.from({ length: 70 }, (_, id) => ({ id, text: 'cat' })));

    const { code, out } = await run(['--batch', '-', '--embedder', at], input, open);
    await compiled.remove();

    expect(code).toBe(0);
    expect(linesOf(out).map(({ id }) => id)).toEqual(Array.from({ length: 70 }, (_, id) => id));
    expect(linesOf(out).every(({ vector }) => vector?.length === TINY_DIMS)).toBe(true);
  });

  it('rejects --embedder together with --artefacts', async () => {
    const args = ['--batch', '-', '--embedder', 'a', '--artefacts', 'b'];

    await expect(run(args)).rejects.toThrow(/exclude each other/u);
  });

  it('prints help', async () => {
    const { code, out } = await run(['--help']);

    expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/--batch FILE/u) });
  });

  it('requires --batch FILE', async () => {
    await expect(run([])).rejects.toThrow(/--batch FILE/u);
  });

  it('fails when the file does not exist', async () => {
    const absent = path.join(folder, 'absent.jsonl');

    await expect(run(['--batch', absent])).rejects.toThrow(/ENOENT/u);
  });

  it('names a missing artefact', async () => {
    const missing = path.join(folder, 'elsewhere');

    await expect(run(['--batch', '-', '--artefacts', missing])).rejects.toThrow(
      /elsewhere\/embedder\.bin: the file is missing/u,
    );
  });
});
