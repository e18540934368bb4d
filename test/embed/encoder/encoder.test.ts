import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Encoder } from '../../../src/embed/encoder/encoder.js';
import { compiledProcess } from './compiled-process.js';
import { TINY_DIMS, tinyVector, writeTinyEncoder } from './tiny-encoder.js';

let folder: string;
let compiled: Awaited<ReturnType<typeof compiledProcess>>;
const opened: Encoder[] = [];

beforeAll(async () => {
  compiled = await compiledProcess();
});

afterAll(async () => {
  await compiled.remove();
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-encoder-'));
});

afterEach(async () => {
  for (const encoder of opened.splice(0)) encoder.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(source: string): Promise<Encoder> {
  const { processFile } = compiled;
  const cacheFolder = path.join(folder, 'cache');
  const encoder = await Encoder.open(source, { processes: 1, cacheFolder, processFile });
  opened.push(encoder);
  return encoder;
}

async function tiny(): Promise<string> {
  const at = path.join(folder, 'tiny');
  await writeTinyEncoder(at);
  return at;
}

/** The mean of the word vectors, [CLS] and [SEP] included, scaled to unit length. */
function meanOf(words: readonly string[]): number[] {
  const vectors = ['[CLS]', ...words, '[SEP]'].map(tinyVector);
  const sum = Array.from({ length: TINY_DIMS }, (_, i) =>
    vectors.reduce((total, vector) => total + (vector[i] ?? 0), 0),
  );
  const length = Math.hypot(...sum);
  return sum.map((value) => value / length);
}

/** Equal within rounding errors. */
function near(expected: readonly number[]): readonly unknown[] {
  return expected.map((value): unknown => expect.closeTo(value, 5));
}

describe('Encoder', () => {
  let encoder: Encoder;

  beforeAll(async () => {
    const at = await mkdtemp(path.join(tmpdir(), 'suffice-encoder-'));
    await writeTinyEncoder(at);
    const { processFile } = compiled;
    encoder = await Encoder.open(at, { processes: 2, cacheFolder: at, processFile });
    await rm(at, { recursive: true });
  });

  afterAll(() => {
    encoder.close();
  });

  it('returns the mean of the token vectors at unit length', async () => {
    expect([...(await encoder.encode('Cat ran'))]).toEqual(near(meanOf(['cat', 'ran'])));
    expect(encoder.dims).toBe(TINY_DIMS);
  });

  it('returns the same vector for a text in a batch as alone', async () => {
    const texts = Array.from({ length: 100 }, (_, i) => 'cat dog sat ran '.slice(0, 3 + (i % 13)));

    const together = await Promise.all(texts.map((text) => encoder.encode(text)));

    for (const [i, text] of texts.slice(0, 13).entries()) {
      expect([...(together[i] ?? [])]).toEqual(near([...(await encoder.encode(text))]));
    }
  });

  it('accepts a text longer than the limit of the model', async () => {
    const vector = await encoder.encode('dog '.repeat(1000));

    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  });

  it('does not block the event loop', async () => {
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);

    await Promise.all(Array.from({ length: 2000 }, () => encoder.encode('cat dog sat')));
    clearInterval(counting);

    expect(turns).toBeGreaterThan(3);
  });

  it('has an id that changes with the model', async () => {
    const at = await tiny();
    await writeFile(path.join(at, 'tokenizer.json'), '\n', { flag: 'a' });

    const changed = await open(at);

    expect(encoder.id).toMatch(/^encoder-[0-9a-f]{12}$/u);
    expect(changed.id).toMatch(/^encoder-[0-9a-f]{12}$/u);
    expect(changed.id).not.toBe(encoder.id);
  });

  it('rejects pending and later texts after close', async () => {
    const closed = await open(await tiny());
    const asked = Promise.allSettled(
      Array.from({ length: 200 }, () => closed.encode('cat dog sat ran')),
    );

    closed.close();

    const refused = (await asked).filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    await expect(closed.encode('cat')).rejects.toThrow('the encoder is closed');
  });

  it('rejects a queued text that is no longer wanted', async () => {
    const lone = await open(await tiny());
    let isWanted = true;
    const busy = lone.encode('cat');
    const dropped = lone.encode('dog', () => isWanted);
    const settled = Promise.allSettled([busy, dropped]);
    isWanted = false;

    expect(await settled).toMatchObject([
      { status: 'fulfilled' },
      {
        status: 'rejected',
        reason: { message: expect.stringContaining('the request for this vector was cancelled') },
      },
    ]);

    expect(Math.hypot(...(await lone.encode('sat', () => true)))).toBeCloseTo(1, 5);
  });

  it('resolves `ended` with the reason', async () => {
    const lone = await open(await tiny());

    lone.close();

    expect((await lone.ended).message).toContain('the encoder is closed');
  });

  it('names a missing folder', async () => {
    const absent = path.join(folder, 'absent');

    await expect(open(absent)).rejects.toThrow(`${absent}: there is no such folder`);
  });

  it.each(['config.json', 'tokenizer.json', 'tokenizer_config.json'])(
    'names a missing %s',
    async (file) => {
      const at = await tiny();
      await rm(path.join(at, file));

      await expect(open(at)).rejects.toThrow(`${at}: the folder has no ${file}`);
    },
  );

  it('names missing weights', async () => {
    const at = await tiny();
    await rm(path.join(at, 'onnx/model.onnx'));

    await expect(open(at)).rejects.toThrow(/neither onnx\/model_quantized\.onnx nor/u);
  });

  it('rejects weights that are not a model', async () => {
    const at = await tiny();
    await writeFile(path.join(at, 'onnx/model.onnx'), 'not a model');

    await expect(open(at)).rejects.toThrow(`${at}: `);
  });
});
