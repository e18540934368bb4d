import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EncoderVectors } from '../../models/train/encoder-vectors.js';
import { trainPredictor } from '../../models/train/predictor/train.js';
import { startProgress } from '../../models/train/progress.js';
import { trainUsualPrompts } from '../../models/train/usual-prompts.js';
import { ArtefactCache } from '../../src/assembly/artefact-cache.js';
import { Encoder } from '../../src/embed/encoder/encoder.js';
import { compiledProcess } from '../embed/encoder/compiled-process.js';
import { writeTinyEncoder } from '../embed/encoder/tiny-encoder.js';
import { writeGradedData } from '../models-train/graded-data.js';
import { ask, post, SHIPPED, startApp, type TestApp } from '../support/app.js';
import { hurriedClock } from '../support/fake-clock.js';

let folder: string;
let compiled: Awaited<ReturnType<typeof compiledProcess>>;
let app: TestApp | null = null;

const open = (source: string): Promise<Encoder> =>
  Encoder.open(source, {
    processes: 1,
    maxBatch: 1,
    cacheFolder: path.join(folder, 'cache'),
    processFile: compiled.processFile,
  });
const model = (): string => path.join(folder, 'model');
const trained = (): string => path.join(folder, 'trained');

/** Text in the vocabulary of the tiny model. */
function inVocabulary(prompt: string): string {
  const animals = prompt.length % 3 === 0 ? 'the cat and the dog' : 'the dog';
  return `${/prove/iu.test(prompt) ? 'sat sat' : 'ran'} with ${animals}: ${prompt}`;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-'));
  compiled = await compiledProcess();
  await writeTinyEncoder(model());
  await mkdir(trained());
  const progress = startProgress(() => undefined);
  const encoder = await open(model());
  const vectors = new EncoderVectors({
    encoder,
    note: { name: './model', multilingual: false },
    folder: path.join(folder, 'kept'),
    progress,
  });
  const dataFolder = await writeGradedData(path.join(folder, 'data'), inVocabulary);
  const options = {
    dataFolder,
    outFolder: trained(),
    seed: 1,
    progress,
    vectors,
    withoutRatings: true,
  };
  await trainPredictor(options);
  await trainUsualPrompts(options);
  encoder.close();
}, 60_000);

afterEach(async () => {
  await app?.close();
  app = null;
});

afterAll(async () => {
  await compiled.remove();
  await rm(folder, { recursive: true });
});

async function start(): Promise<TestApp> {
  const cache = new ArtefactCache(open);
  cache.catalog = (at) => SHIPPED.cache.catalog(at);
  // Timers expire fifty times sooner.
  const router = `{ artefacts: ${trained()}, embedder: ${model()}, embedder_ms: 500000 }`;
  app = await startApp(`providers: { simulation: {} }\nrouter: ${router}\n`, {
    clock: hurriedClock,
    shipped: { cache },
  });
  return app;
}

describe('a predictor that was trained for a local encoder model', () => {
  test('decides by the vectors of that encoder', async () => {
    const server = await start();

    const { json } = await post(`${server.url}/v1/route`, ask('auto', 'The cat sat.'));

    expect(json['degraded']).toBeNull();
    expect(json['receipt']).toMatchObject({
      predictor: server.app.inForce.assembly.predictor.base.revision,
    });
    expect(server.app.inForce.assembly.predictor.base.vectorLength).toBe(4);
  });

  test('is rejected when the model has changed', async () => {
    await appendFile(path.join(model(), 'tokenizer.json'), '\n');

    await expect(start()).rejects.toThrow(
      /was trained for the encoder \.\/model \(encoder-[0-9a-f]{12}\), and .*model is encoder-[0-9a-f]{12}; train one with "npm run train/u,
    );
  });
});
