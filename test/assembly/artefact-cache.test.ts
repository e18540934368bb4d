import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ArtefactCache } from '../../src/assembly/artefact-cache.js';

const vendor = (id: string): string => `
sources: { us: { url: docs/x.md, read: 2026-11-20 } }
models:
  - id: acme/${id}
    display_name: A model
    released: 2026-01
    context_window: 1000
    max_output_tokens: 100
    capabilities: []
    source: us
    benchmarks: {}
    speed:
    hosts: [{ provider: openai, model: x, price: { input: 1, output: 2, source: us } }]
`;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cache-'));
  await writeFile(path.join(folder, 'acme.yaml'), vendor('one'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('ArtefactCache', () => {
  test('returns the same object while the files are unchanged', async () => {
    const cache = new ArtefactCache();
    const first = await cache.catalog(folder);
    await writeFile(path.join(folder, 'notes.txt'), 'nothing that is loaded');

    const [second, third] = await Promise.all([cache.catalog(folder), cache.catalog(folder)]);

    expect(second).toBe(first);
    expect(third).toBe(first);
  });

  test('reloads when a file has changed or been added', async () => {
    const cache = new ArtefactCache();
    await cache.catalog(folder);
    await writeFile(path.join(folder, 'acme.yaml'), vendor('two'));
    const changed = await cache.catalog(folder);
    await writeFile(path.join(folder, 'other.yaml'), vendor('b').replace('acme/', 'other/'));

    const more = await cache.catalog(folder);

    expect([...changed.models.keys()]).toEqual(['acme/two']);
    expect([...more.models.keys()].sort()).toEqual(['acme/two', 'other/b']);
  });

  test('retries after a failed load', async () => {
    const cache = new ArtefactCache();
    await appendFile(path.join(folder, 'acme.yaml'), 'nonsense: true\n');
    await expect(cache.catalog(folder)).rejects.toThrow('nonsense');
    await expect(cache.catalog(folder)).rejects.toThrow('nonsense');

    await writeFile(path.join(folder, 'acme.yaml'), vendor('one'));

    await expect(cache.catalog(folder)).resolves.toHaveProperty('models.size', 1);
    await expect(cache.catalog('/nonexistent')).rejects.toThrow('ENOENT');
    await expect(cache.predictor('/nonexistent')).rejects.toThrow('manifest.json');
  });
});
