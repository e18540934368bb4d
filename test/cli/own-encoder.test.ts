import { rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ArtefactError } from '../../src/embed/artefact.js';
import { ArtefactCache } from '../../src/assembly/artefact-cache.js';
import { TINY_EMBEDDING, writeEncoderArtefacts } from '../route/tiny-artefacts.js';
import { SHIPPED } from '../support/app.js';
import { run, type Run } from '../support/command.js';
import { FakeEncoder, madeUpVector } from '../support/fake-encoder.js';
import { writeOutcomes } from './outcome-files.js';
import { tunable } from './run-tune.js';

const ID = 'encoder-0123456789ab';

let artefacts: string;
let folder: string;
let encoder: FakeEncoder;
/** The result of opening the encoder. */
let opening: () => Promise<FakeEncoder>;

beforeAll(() => {
  artefacts = writeEncoderArtefacts(ID);
});

afterAll(() => {
  rmSync(artefacts, { recursive: true });
});

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'suffice-'));
  const config = tunable(artefacts, folder).replace(artefacts, `${artefacts}, embedder: ./model`);
  await writeFile(file('suffice.yaml'), config);
  encoder = new FakeEncoder(ID, (text) => madeUpVector(text, TINY_EMBEDDING));
  opening = () => Promise.resolve(encoder);
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const file = (name: string): string => path.join(folder, name);

async function suffice(...args: readonly string[]): Promise<Run & { readonly opened: string[] }> {
  const opened: string[] = [];
  const cache = new ArtefactCache((source) => {
    opened.push(source);
    return opening();
  });
  cache.catalog = (at) => SHIPPED.cache.catalog(at);
  const result = await run([...args, '--config', file('suffice.yaml')], {
    shipped: { cache },
  });
  return { ...result, opened };
}

describe('with a configured encoder', () => {
  test('suffice route waits for the vector of the encoder, and decides by it', async () => {
    const { code, out, opened } = await suffice('route', '--json', 'Why does ice float on water?');

    expect([code, JSON.parse(out)]).toMatchObject([0, { degraded: null }]);
    expect(encoder.texts).toContain('Why does ice float on water?');
    // Relative to the configuration.
    expect(opened).toEqual([file('model')]);
  });

  test('suffice route --batch and suffice frontier embed every line', async () => {
    const lines = ['one', 'two'].map((prompt, id) => JSON.stringify({ id, prompt }));
    await writeFile(file('prompts.jsonl'), `${lines.join('\n')}\n`);
    const models = 'acme/weak-1,acme/strong-1';

    const batch = await suffice('route', '--batch', file('prompts.jsonl'), '--models', models);
    const frontier = await suffice('frontier', '--from', file('prompts.jsonl'));

    expect([batch.code, batch.err]).toEqual([0, '']);
    expect(batch.out.trim().split('\n')).toHaveLength(2);
    expect(frontier.code).toBe(0);
    expect(encoder.texts.filter((text) => text === 'two')).toHaveLength(2);
  });

  test('suffice tune fits a head to the vectors of the encoder', async () => {
    const outcomes = await writeOutcomes(folder, 60, 0.1, 1);

    const { code, out, err } = await suffice('tune', '--from', outcomes, '--folds', '2');

    expect(err).toBe('');
    expect(code).toBe(0);
    expect(out).toContain('is in force');
    expect(encoder.texts.length).toBeGreaterThan(60);
  });

  test('suffice check reports that the predictor was trained for another encoder', async () => {
    encoder = new FakeEncoder('encoder-ba9876543210');

    const { code, err } = await suffice('check');

    expect(code).toBe(1);
    expect(err).toContain(
      `the predictor in ${artefacts} was trained for the encoder Xenova/tiny (${ID}), and ${file('model')} is encoder-ba9876543210`,
    );
  });

  test('suffice check reports why the encoder cannot be opened', async () => {
    opening = () => Promise.reject(new ArtefactError('./model', 'there is no such folder'));

    const { code, err } = await suffice('check');

    expect(code).toBe(1);
    expect(err).toContain('there is no such folder');
  });
});
