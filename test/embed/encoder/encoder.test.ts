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

/** The mean of the words' vectors, the edges' included, scaled to unit length. */
function meanOf(words: readonly string[]): number[] {
  const vectors = ['[CLS]', ...words, '[SEP]'].map(tinyVector);
  const sum = Array.from({ length: TINY_DIMS }, (_, i) =>
    vectors.reduce((total, vector) => total + (vector[i] ?? 0), 0),
  );
  const length = Math.hypot(...sum);
  return sum.map((value) => value / length);
}

/** Equal but for rounding. */
function near(expected: readonly number[]): readonly unknown[] {
  return expected.map((value): unknown => expect.closeTo(value, 5));
}

describe('an encoder', () => {
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

  it('gives the mean of the tokens, at unit length', async () => {
    expect([...(await encoder.encode('Cat ran'))]).toEqual(near(meanOf(['cat', 'ran'])));
    expect(encoder.dims).toBe(TINY_DIMS);
  });

  it('gives a text the same vector among others, longer ones included, as alone', async () => {
    const texts = Array.from({ length: 100 }, (_, i) => 'cat dog sat ran '.slice(0, 3 + (i % 13)));

    const together = await Promise.all(texts.map((text) => encoder.encode(text)));

    for (const [i, text] of texts.slice(0, 13).entries()) {
      expect([...(together[i] ?? [])]).toEqual(near([...(await encoder.encode(text))]));
    }
  });

  it('reads what fits of a text that is longer than the model can read', async () => {
    const vector = await encoder.encode('dog '.repeat(1000));

    expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
  });

  it('lets the event loop run while it encodes', async () => {
    let turns = 0;
    const counting = setInterval(() => (turns += 1), 1);

    await Promise.all(Array.from({ length: 2000 }, () => encoder.encode('cat dog sat')));
    clearInterval(counting);

    expect(turns).toBeGreaterThan(3);
  });

  it('has a name that changes with the model', async () => {
    const at = await tiny();
    await writeFile(path.join(at, 'tokenizer.json'), '\n', { flag: 'a' });

    const changed = await open(at);

    expect(encoder.id).toMatch(/^encoder-[0-9a-f]{12}$/u);
    expect(changed.id).toMatch(/^encoder-[0-9a-f]{12}$/u);
    expect(changed.id).not.toBe(encoder.id);
  });

  it('refuses what is not encoded when it is closed, and all that is asked after', async () => {
    const closed = await open(await tiny());
    const asked = Promise.allSettled(
      Array.from({ length: 200 }, () => closed.encode('cat dog sat ran')),
    );

    closed.close();

    const refused = (await asked).filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(0);
    await expect(closed.encode('cat')).rejects.toThrow('the encoder is closed');
  });

  it('refuses what nobody waits for any more before it is encoded', async () => {
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

  it('tells when its process has ended, and why', async () => {
    const lone = await open(await tiny());

    lone.close();

    expect((await lone.ended).message).toContain('the encoder is closed');
  });

  it('names a folder that is not there', async () => {
    const absent = path.join(folder, 'absent');

    await expect(open(absent)).rejects.toThrow(`${absent}: there is no such folder`);
  });

  it.each(['config.json', 'tokenizer.json', 'tokenizer_config.json'])(
    'says that the folder has no %s',
    async (file) => {
      const at = await tiny();
      await rm(path.join(at, file));

      await expect(open(at)).rejects.toThrow(`${at}: the folder has no ${file}`);
    },
  );

  it('says that the folder has no weights', async () => {
    const at = await tiny();
    await rm(path.join(at, 'onnx/model.onnx'));

    await expect(open(at)).rejects.toThrow(/neither onnx\/model_quantized\.onnx nor/u);
  });

  it('says that the weights are no model', async () => {
    const at = await tiny();
    await writeFile(path.join(at, 'onnx/model.onnx'), 'not a model');

    await expect(open(at)).rejects.toThrow(`${at}: `);
  });
});
