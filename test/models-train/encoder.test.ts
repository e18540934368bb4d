import { appendFile, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EncoderVectors } from '../../models/train/encoder-vectors.js';
import { trainPredictor } from '../../models/train/predictor/train.js';
import { startProgress } from '../../models/train/progress.js';
import { trainUsualPrompts } from '../../models/train/usual-prompts.js';
import { readManifest } from '../../src/embed/artefact.js';
import { readFeatures } from '../../src/route/features.js';
import { loadPredictor } from '../../src/route/factor-predictor.js';
import { MODELS } from '../bench/quality/made-up.js';
import { conversation, message } from '../support/conversations.js';
import { FakeEncoder } from '../support/fake-encoder.js';
import { modelWith } from '../support/models.js';
import { writeGradedData } from './graded-data.js';

const ID = 'encoder-0123456789ab';
const DIMS = 8;
const progress = startProgress(() => undefined);

let folder: string;
let encoder: FakeEncoder & { readonly dims: number };

/** Proofs lie on one side and chores on the other, all of them in a narrow cone. */
function vectorOf(text: string): Float32Array {
  const side = /prove|theorem/iu.test(text) ? 0.4 : -0.4;
  const spread = Array.from({ length: DIMS - 2 }, (_, i) => 0.1 * Math.sin(text.length * (i + 1)));
  const vector = Float32Array.from([2, side, ...spread]);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'suffice-'));
  encoder = Object.assign(new FakeEncoder(ID, vectorOf), { dims: DIMS });
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const vectors = (multilingual = false): EncoderVectors =>
  new EncoderVectors({
    encoder,
    note: { name: 'Xenova/tiny', multilingual },
    folder: path.join(folder, 'kept'),
    progress,
  });

describe('EncoderVectors', () => {
  test('computes each vector once across runs, in any order', async () => {
    const first = await vectors().encodeAll(['a proof', 'bb', 'a proof']);
    encoder.texts.length = 0;

    const second = await vectors().encodeAll(['ccc', 'a proof', 'bb']);

    expect(encoder.texts).toEqual(['ccc']);
    expect(second.slice(1).map((vector) => [...vector])).toEqual(
      first.slice(0, 2).map((vector) => [...vector]),
    );
    expect([...(first[0] ?? [])]).toEqual([...vectorOf('a proof')]);
  });

  test('recomputes vectors of an interrupted write', async () => {
    await vectors().encodeAll(['a', 'bb']);
    const [name = ''] = await readdir(path.join(folder, 'kept'));
    const file = path.join(folder, 'kept', name);
    const { size } = await stat(file);
    await appendFile(file, Buffer.alloc(5, 7));
    encoder.texts.length = 0;

    const [, , third] = await vectors().encodeAll(['a', 'bb', 'ccc']);

    expect(name).toBe(`vectors-${ID}.bin`);
    expect(encoder.texts).toEqual(['ccc']);
    expect([...(third ?? [])]).toEqual([...vectorOf('ccc')]);
    expect((await stat(file)).size).toBe(1.5 * size);
  });

  test('does not reuse vectors of another encoder', async () => {
    await vectors().encodeAll(['a']);
    encoder = Object.assign(new FakeEncoder('encoder-ba9876543210', vectorOf), { dims: DIMS });

    await vectors().encodeAll(['a']);

    expect(encoder.texts).toEqual(['a']);
  });
});

test('a predictor trained on encoder vectors distinguishes hard prompts by their vectors', async () => {
  const outFolder = path.join(folder, 'out');
  await mkdir(outFolder);
  const options = {
    dataFolder: await writeGradedData(path.join(folder, 'data')),
    outFolder,
    seed: 1,
    progress,
    withoutRatings: true,
  };

  await trainPredictor({ ...options, vectors: vectors(true) });
  await trainUsualPrompts({ ...options, vectors: vectors(true) });

  const predictor = await loadPredictor(outFolder);
  const abilities = MODELS.map((id) => predictor.ability(modelWith(id)));
  const weakest = (encoded: Float32Array): number => {
    const features = readFeatures(conversation(message('user', 'Please go on with it as before.')));
    return predictor.predict({ ...features, encoded }, abilities).models[0]?.success ?? NaN;
  };
  const easier = weakest(vectorOf('Go on')) - weakest(vectorOf('Prove the theorem'));
  // The other features are the same for both.
  expect(easier).toBeGreaterThan(0.05);
  expect(predictor.encoder).toEqual({ id: ID, name: 'Xenova/tiny', multilingual: true });
  expect(predictor.usualPrompts.length).toBeGreaterThan(100);
  // Centred: half of the usual prompts lie on either side.
  const sides = predictor.usualPrompts.map(({ vector }) => Math.sign(vector[1] ?? 0));
  expect(Math.abs(sides.reduce((sum, side) => sum + side, 0) / sides.length)).toBeLessThan(0.5);
  const manifest = readManifest(outFolder);
  expect(Object.keys(manifest.artefacts).sort()).toEqual(['predictor.bin', 'usual-prompts.bin']);
  expect(manifest.embedder).toEqual({ encoder: 'Xenova/tiny', id: ID, dims: DIMS });
}, 60_000);
