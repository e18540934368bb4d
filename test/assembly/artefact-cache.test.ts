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
  folder = await mkdtemp(path.join(tmpdir(), 'shelf-'));
  await writeFile(path.join(folder, 'acme.yaml'), vendor('one'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('what was loaded from a folder', () => {
  test('is kept for as long as its files stay as they are', async () => {
    const shelf = new ArtefactCache();
    const first = await shelf.catalog(folder);
    await writeFile(path.join(folder, 'notes.txt'), 'nothing that is loaded');

    const [second, third] = await Promise.all([shelf.catalog(folder), shelf.catalog(folder)]);

    expect(second).toBe(first);
    expect(third).toBe(first);
  });

  test('is loaded again once a file has changed or come', async () => {
    const shelf = new ArtefactCache();
    await shelf.catalog(folder);
    await writeFile(path.join(folder, 'acme.yaml'), vendor('two'));
    const changed = await shelf.catalog(folder);
    await writeFile(path.join(folder, 'other.yaml'), vendor('b').replace('acme/', 'other/'));

    const more = await shelf.catalog(folder);

    expect([...changed.models.keys()]).toEqual(['acme/two']);
    expect([...more.models.keys()].sort()).toEqual(['acme/two', 'other/b']);
  });

  test('is tried again after it could not be loaded', async () => {
    const shelf = new ArtefactCache();
    await appendFile(path.join(folder, 'acme.yaml'), 'nonsense: true\n');
    await expect(shelf.catalog(folder)).rejects.toThrow('nonsense');
    await expect(shelf.catalog(folder)).rejects.toThrow('nonsense');

    await writeFile(path.join(folder, 'acme.yaml'), vendor('one'));

    await expect(shelf.catalog(folder)).resolves.toHaveProperty('models.size', 1);
    await expect(shelf.catalog('/nonexistent')).rejects.toThrow('ENOENT');
    await expect(shelf.predictor('/nonexistent')).rejects.toThrow('manifest.json');
  });
});
